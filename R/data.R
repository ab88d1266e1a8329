#' Prostate cancer: 97 men before surgery
#'
#' The level of prostate-specific antigen and eight clinical measures in 97 men who were about to
#' have their prostate removed. It is the running example of *The Elements of Statistical
#' Learning*, whose table 3.3 the tests of this package reproduce.
#'
#' @format A data frame with 97 rows (men) and 10 columns:
#' \describe{
#'   \item{lcavol}{logarithm of the cancer volume (volume in cubic centimetres)}
#'   \item{lweight}{logarithm of the weight of the prostate (weight in grams)}
#'   \item{age}{age in years}
#'   \item{lbph}{logarithm of the amount of benign prostatic hyperplasia (square centimetres);
#'     none at all is recorded as `log(0.25)`}
#'   \item{svi}{invasion of the seminal vesicles: 1 for yes, 0 for no}
#'   \item{lcp}{logarithm of the capsular penetration (centimetres); none is `log(0.25)`}
#'   \item{gleason}{Gleason score, a grade of the tumour from 6 to 9}
#'   \item{pgg45}{share of the tumour with Gleason grade 4 or 5, in per cent}
#'   \item{lpsa}{logarithm of prostate-specific antigen (ng/ml), the response}
#'   \item{train}{`TRUE` for the 67 men of the book's training set, `FALSE` for the 30 of its test
#'     set}
#' }
#'
#' @details
#' The first printings had a `lweight` of 6.1 for man 32, a prostate of 449 grams. The value here is
#' the corrected one, 3.804438 (44.9 grams), as in a footnote of the second edition of the book.
#'
#' In the book the eight predictors are standardised with the means and standard deviations of all
#' 97 men, and models are then fitted to the training set: see the example.
#'
#' @source The table of the book's web site, as distributed in the R packages \pkg{ElemStatLearn}
#'   and \pkg{genridge}.
#' @references
#' Stamey, T. A., Kabalin, J. N., McNeal, J. E., Johnstone, I. M., Freiha, F., Redwine, E. A. and
#' Yang, N. (1989). Prostate specific antigen in the diagnosis and treatment of adenocarcinoma of
#' the prostate. II. Radical prostatectomy treated patients. *Journal of Urology*, 141(5),
#' 1076--1083.
#'
#' Hastie, T., Tibshirani, R. and Friedman, J. (2009). *The Elements of Statistical Learning*, 2nd
#' edition. Springer. Section 3.2.1 and table 3.3.
#' @examples
#' summary(prostate$lpsa)
#'
#' # The book's training set: predictors standardised over all 97 men.
#' x <- scale(prostate[, 1:8])[prostate$train, ]
#' y <- prostate$lpsa[prostate$train]
#' round(coef(lm(y ~ x)), 3)
#' @name prostate
#' @docType data
#' @usage prostate
#' @keywords datasets
NULL

#' Diabetes: progression of the disease in 442 patients
#'
#' Ten baseline measurements of 442 patients with diabetes, and how far the disease had progressed
#' one year later. It is the example of the paper on least angle regression.
#'
#' @format A data frame with 442 rows (patients) and 11 numeric columns:
#' \describe{
#'   \item{age}{age in years}
#'   \item{sex}{sex, coded 1 and 2 (the source does not say which is which)}
#'   \item{bmi}{body mass index in kg per square metre}
#'   \item{map}{mean arterial blood pressure in mm Hg}
#'   \item{tc}{total serum cholesterol in mg/dl}
#'   \item{ldl}{low-density lipoproteins in mg/dl}
#'   \item{hdl}{high-density lipoproteins in mg/dl}
#'   \item{tch}{total cholesterol divided by `hdl`}
#'   \item{ltg}{logarithm of serum triglycerides, as far as is known}
#'   \item{glu}{blood sugar in mg/dl}
#'   \item{y}{measure of the progression of the disease one year after baseline, the response}
#' }
#'
#' @details
#' The predictors are in their original units. The paper, the R package \pkg{lars} and the default
#' of scikit-learn use columns that are centred and scaled to a sum of squares of 1; the example
#' shows how to get those. They agree with the ones here to about `1e-5`, which is the rounding of
#' `map` and `ltg` in the published table, and exactly in the other eight.
#'
#' @source The table on the paper's web site, as distributed with scikit-learn. The response is
#'   identical to that in the R package \pkg{lars}.
#' @references
#' Efron, B., Hastie, T., Johnstone, I. and Tibshirani, R. (2004). Least angle regression. *Annals
#' of Statistics*, 32(2), 407--499. \doi{10.1214/009053604000000067}
#' @examples
#' summary(diabetes$y)
#'
#' # Columns as in the paper: mean 0, sum of squares 1.
#' x <- scale(diabetes[, 1:10]) / sqrt(nrow(diabetes) - 1)
#' colSums(x^2)
#' @name diabetes
#' @docType data
#' @usage diabetes
#' @keywords datasets
NULL

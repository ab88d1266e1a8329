library(sparsepath)

# 97 men with prostate cancer: which measurements tell the level of the antigen?
# One formula, one lasso fit for every lambda.
fit <- sparsereg(lpsa ~ . - train, data = prostate, penalty = "l1")
fit
plot(fit)

# How much shrinkage? Ten-fold cross-validation on the same formula.
cv <- cv_sparsereg(lpsa ~ . - train, data = prostate, penalty = "l1", seed = 1)
cv
plot(cv)

# The model it chooses, and what that says of the first three men.
coef(cv)
predict(cv, prostate[1:3, ])

# 442 patients with diabetes: the variables enter one after the other.
fit <- sparsereg(y ~ ., data = diabetes, penalty = "l1")
plot(fit, xvar = "norm", standardized = TRUE)

# All products of two of them as well: 55 variables, most of which are not needed.
cv <- cv_sparsereg(y ~ .^2, data = diabetes, penalty = "l1", seed = 1)
cv
plot(cv)

# Ridge shrinks too, but sets nothing to zero.
plot(sparsereg(y ~ ., data = diabetes, penalty = "l2"), standardized = TRUE)

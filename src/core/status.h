/* Status codes and error text: how every fallible function of the core reports. */
#ifndef SP_STATUS_H
#define SP_STATUS_H

typedef enum {
  SP_OK = 0,
  SP_ERR_MEMORY,      /* an allocation failed or its size overflows */
  SP_ERR_INTERRUPTED, /* the host's `interrupted` callback said so */
  SP_ERR_ARGUMENT,    /* the caller broke a contract */
  SP_ERR_NONFINITE,   /* NaN, Inf or overflow in the data */
  SP_ERR_LAPACK,      /* a decomposition did not succeed */
  SP_ERR_HOST,        /* a function of the host failed */
  SP_ERR_NO_FIT       /* the null model has no finite solution */
} sp_status;

typedef struct {
  char message[256];
} sp_error;

/* Writes the formatted text to `err` (which may be NULL) and returns `code`. */
sp_status sp_fail(sp_error *err, sp_status code, const char *format, ...);

/* Returns from the calling function as soon as `expr` is not SP_OK. */
#define SP_TRY(expr)                                                                               \
  do {                                                                                             \
    sp_status sp_try_status = (expr);                                                              \
    if (sp_try_status != SP_OK) return sp_try_status;                                              \
  } while (0)

#endif

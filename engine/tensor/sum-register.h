/* SPDX-License-Identifier: MIT */
/* The model of a finite multiply-accumulate register.  Its step is that of the products it sums
 * (fraction bits of both operands added), so only its width and its overflow matter. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FXP_SUM_BITS_MIN 2
#define FXP_SUM_BITS_MAX 64

/**
 * FxpSumMode:
 * @FXP_SUM_EXACT: 64 bits, which nearly all products provably need not exceed; a sum that does is
 *   clamped to 64 bits once, at its end, and counted
 * @FXP_SUM_WRAP: two's complement wrap at each addition, which equals the exact sum modulo 2^bits
 * @FXP_SUM_SATURATE: clamps at each addition, in the order of the summed index: input channel,
 *   kernel row, kernel column (units in order for dense layers); samples, rows, columns in order
 *   for weight gradients; output channel, kernel row, kernel column for input gradients
 */
typedef enum
{
  FXP_SUM_EXACT,
  FXP_SUM_WRAP,
  FXP_SUM_SATURATE,
  FXP_N_SUM_MODES
} FxpSumMode;

typedef struct
{
  FxpSumMode mode;
  guint bits; /* 2..64, sign included; ignored when exact */
} FxpSumRegister;

#define FXP_SUM_REGISTER_EXACT ((FxpSumRegister){ FXP_SUM_EXACT, 64 })

/* What a register saw; added up by callers. */
typedef struct
{
  guint64 n;            /* sums formed */
  guint64 n_overflowed; /* sums that left the register at least once */
  guint64 peak;         /* largest |exact final sum| seen, in product steps (clamped to 2^63) */
} FxpSumCounts;

void fxp_sum_counts_add (FxpSumCounts *self, const FxpSumCounts *other);
/* Bits a register needs to hold +-peak: bit length plus sign. */
guint fxp_sum_counts_get_bits_needed (const FxpSumCounts *self);

const char *fxp_sum_mode_get_nick (FxpSumMode self); /* "exact", "wrap", "saturate" */
gboolean fxp_sum_mode_parse (const char *text, FxpSumMode *mode, GError **error);
gboolean fxp_sum_register_validate (const FxpSumRegister *self, GError **error);
gboolean fxp_sum_register_equal (const FxpSumRegister *a, const FxpSumRegister *b);

/* One addition of @term in the register (wrap or saturate; exact adds plainly), @overflowed is
 * set when it left the range and is else untouched.  For the microscope and for tests. */
gint64 fxp_sum_register_add (const FxpSumRegister *self, gint64 sum, gint64 term, gboolean *overflowed);

G_END_DECLS

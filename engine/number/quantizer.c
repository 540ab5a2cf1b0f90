/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/quantizer.h"

#include <glib/gi18n-lib.h>

#include "number/error.h"
#include "number/quantizer-kernel-private.h"
#include "number/quotation-private.h"
#include "number/rounding-private.h"

const FxpQuantizerKernel *
fxp_quantizer_kernel_get (void)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    return &fxp_quantizer_kernel_avx512;
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    return &fxp_quantizer_kernel_avx2;
#endif
  return &fxp_quantizer_kernel_plain;
}

void
fxp_quantizer_apply (const FxpQuantizer *self,
                     const FxpNoise *noise,
                     const double *values,
                     gpointer codes,
                     gsize first,
                     gsize n,
                     FxpQuantizeCounts *counts,
                     guint8 *clipped)
{
  g_return_if_fail (counts != NULL);

  if (!fxp_format_is_float (self->format))
    {
      g_return_if_fail (noise != NULL || self->rounding != FXP_ROUND_STOCHASTIC);
      fxp_quantizer_kernel_get ()->apply (self, noise, values, codes, first, n, counts, clipped);
      return;
    }

  counts->n_nonfinite += fxp_quantizer_kernel_get ()->narrow (values, codes, n);
  counts->n += n;
  if (clipped != NULL)
    memset (clipped, 0, n);
}

gint64
fxp_quantizer_apply_one (const FxpQuantizer *self, double value, guint32 draw)
{
  const double fraction = (double)draw * 0x1p-32;
  double y, rounded;
  guint32 code;
  Word word;

  g_return_val_if_fail (!fxp_format_is_float (self->format), 0);

  word = word_new (self);
  y = scale_value (enlarge_tiny (value), word.scale);
  rounded = round_value (self->rounding, value, y, fraction);
  if (!word.wraps)
    code = low_bits (clamp (rounded, word.low, word.high));
  else if (fabs (rounded) < Y_MAX)
    code = wrap_code (low_bits (rounded), word.is_signed, word.shift);
  else
    code = wrap_beyond (&word, self->rounding, y, fraction);

  return word.is_signed ? (gint64)(gint32)code : (gint64)code;
}

void
fxp_quantize_counts_add (FxpQuantizeCounts *self, const FxpQuantizeCounts *other)
{
  self->n += other->n;
  self->n_overflowed += other->n_overflowed;
  self->n_underflowed += other->n_underflowed;
  self->n_nonfinite += other->n_nonfinite;
}

gboolean
fxp_quantizer_equal (const FxpQuantizer *a, const FxpQuantizer *b)
{
  return fxp_format_equal (a->format, b->format) && a->rounding == b->rounding &&
         a->overflow == b->overflow;
}

static const char *const rounding_nicks[FXP_N_ROUNDINGS] = {
  [FXP_ROUND_NEAREST_EVEN] = "nearest-even",
  [FXP_ROUND_NEAREST_AWAY] = "nearest-away",
  [FXP_ROUND_FLOOR] = "floor",
  [FXP_ROUND_TOWARD_ZERO] = "toward-zero",
  [FXP_ROUND_STOCHASTIC] = "stochastic",
  [FXP_ROUND_SIGN] = "sign",
  [FXP_ROUND_NEAREST_UP] = "nearest-up",
};

static const char *const overflow_nicks[FXP_N_OVERFLOWS] = {
  [FXP_OVERFLOW_SATURATE] = "saturate",
  [FXP_OVERFLOW_SATURATE_SYMMETRIC] = "saturate-symmetric",
  [FXP_OVERFLOW_WRAP] = "wrap",
};

const char *
fxp_rounding_get_nick (FxpRounding self)
{
  g_return_val_if_fail (self < FXP_N_ROUNDINGS, NULL);

  return rounding_nicks[self];
}

const char *
fxp_overflow_get_nick (FxpOverflow self)
{
  g_return_val_if_fail (self < FXP_N_OVERFLOWS, NULL);

  return overflow_nicks[self];
}

/* Index of @text in @nicks, or -1. */
static int
parse_nick (const char *text, const char *const *nicks, int n, GError **error)
{
  g_autoptr (GString) choices = NULL;
  g_autofree char *quoted = NULL;

  for (int i = 0; i < n; i++)
    if (strcmp (text, nicks[i]) == 0)
      return i;

  choices = g_string_new (nicks[0]);
  for (int i = 1; i < n; i++)
    g_string_append_printf (choices, i < n - 1 ? ", %s" : _ (" or %s"), nicks[i]);
  quoted = fxp_quote (text);
  g_set_error (error, FXP_ERROR, FXP_ERROR_PARSE, _ ("%s: expected %s"), quoted, choices->str);
  return -1;
}

gboolean
fxp_rounding_parse (const char *text, FxpRounding *rounding, GError **error)
{
  int i;

  g_return_val_if_fail (text != NULL, FALSE);

  i = parse_nick (text, rounding_nicks, FXP_N_ROUNDINGS, error);
  if (i < 0)
    return FALSE;

  *rounding = (FxpRounding)i;
  return TRUE;
}

gboolean
fxp_overflow_parse (const char *text, FxpOverflow *overflow, GError **error)
{
  int i;

  g_return_val_if_fail (text != NULL, FALSE);

  i = parse_nick (text, overflow_nicks, FXP_N_OVERFLOWS, error);
  if (i < 0)
    return FALSE;

  *overflow = (FxpOverflow)i;
  return TRUE;
}

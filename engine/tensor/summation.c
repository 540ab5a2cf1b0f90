/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/summation-private.h"

#include "tensor/sums-private.h"

/* Fewer products at a time would spend the time on adding up. */
#define LIMIT_MIN 64

static gboolean
holds (guint bits, FxpFormat format)
{
  return format.word_bits + (format.is_signed ? 0u : 1u) <= bits;
}

gboolean
fxp_summation_choose (FxpSummation *self,
                      FxpFormat a,
                      FxpFormat b,
                      gsize k,
                      const FxpSumRegister *sum)
{
  self->kernels = fxp_micro_kernels_get ();
  self->splits = FALSE;
  self->is_short = FALSE;
  if (fxp_format_is_float (a) || fxp_format_is_float (b))
    {
      self->element = FXP_ELEMENT_F32;
      self->limit = k;
      return TRUE;
    }
  if (!holds (16, a) || !holds (16, b))
    return FALSE;
  if (sum->mode == FXP_SUM_SATURATE && !fxp_matmul_fits (a, b, k, sum->bits))
    return FALSE;

  self->element = FXP_ELEMENT_I16;
  if (holds (8, a) && holds (8, b) && self->kernels->sum[FXP_ELEMENT_I8] != NULL)
    self->element = FXP_ELEMENT_I8;
  self->limit = fxp_matmul_get_limit (a, b, FXP_PART_WHOLE);
  self->is_short = self->limit >= k;
  if (self->limit < MIN (k, LIMIT_MIN))
    {
      self->splits = TRUE;
      self->limit =
        MIN (fxp_matmul_get_limit (a, b, FXP_PART_HIGH), fxp_matmul_get_limit (a, b, FXP_PART_LOW));
    }
  return TRUE;
}

void
fxp_summation_shorten (FxpSummation *self)
{
  self->splits = FALSE;
  self->is_short = TRUE;
}

guint
fxp_summation_get_n_parts (const FxpSummation *self)
{
  return self->splits ? 2 : 1;
}

FxpPart
fxp_summation_get_part (const FxpSummation *self, guint i)
{
  if (!self->splits)
    return FXP_PART_WHOLE;
  return i == 0 ? FXP_PART_HIGH : FXP_PART_LOW;
}

gsize
fxp_summation_get_size (const FxpSummation *self)
{
  return self->element == FXP_ELEMENT_F32 || self->is_short ? 4 : sizeof (gint64);
}

void
fxp_summation_form (const FxpSummation *self,
                    const FxpRows *rows,
                    gsize n_rows,
                    const gconstpointer *strips,
                    gsize n_columns,
                    gboolean is_proved,
                    gboolean adds,
                    gpointer sums,
                    gsize stride)
{
  if (self->element == FXP_ELEMENT_F32 || self->is_short)
    {
      self->kernels->sum[self->element](rows, n_rows, strips[0], n_columns, adds, sums, stride);
      return;
    }
  for (guint i = 0; i < (is_proved ? 1 : fxp_summation_get_n_parts (self)); i++)
    fxp_sums_form (self->kernels,
                   self->element,
                   rows,
                   n_rows,
                   strips[i],
                   n_columns,
                   is_proved ? FXP_PART_WHOLE : fxp_summation_get_part (self, i),
                   is_proved ? G_MAXSIZE : self->limit,
                   adds || i > 0,
                   sums,
                   stride);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/health.h"

#include <glib/gi18n.h>
#include <math.h>

static double
share (guint64 part, guint64 whole)
{
  return whole > 0 ? (double)part / (double)whole : NAN;
}

static const FxuVerdict nothing_known = {
  .health = FXU_HEALTH_UNKNOWN,
  .over = NAN,
  .under = NAN,
  .lost = NAN,
  .sqnr_db = NAN,
};

FxuVerdict
fxu_health_judge (const FxpQuantizer *quantizer,
                  const FxpTensorView *tensor,
                  const FxpLayerView *layer,
                  gboolean predict)
{
  FxuVerdict verdict = nothing_known;
  FxpQuantizeCounts counts;

  if (fxp_format_is_float (quantizer->format))
    {
      verdict.health = FXU_HEALTH_FLOAT;
      return verdict;
    }
  if (tensor == NULL || tensor->statistics.counts.n == 0)
    return verdict;

  counts = tensor->statistics.counts;
  if (predict)
    fxp_statistics_predict (&tensor->statistics, quantizer, &counts);
  else
    {
      verdict.sqnr_db = fxp_statistics_get_sqnr_db (&tensor->statistics);
      if (layer != NULL)
        verdict.lost = share (layer->n_lost_updates, layer->n_updates);
    }

  verdict.predicted = predict;
  verdict.over = share (counts.n_overflowed, counts.n);
  verdict.under =
    counts.n > tensor->statistics.n_zero
      ? share (MIN (counts.n_underflowed, counts.n), counts.n - tensor->statistics.n_zero)
      : 0.0;
  if (verdict.over >= FXU_HEALTH_OVER_SHARE)
    verdict.health = FXU_HEALTH_OVER;
  else if (verdict.lost >= FXU_HEALTH_LOST_SHARE)
    verdict.health = FXU_HEALTH_LOST;
  else if (verdict.under >= FXU_HEALTH_UNDER_SHARE)
    verdict.health = FXU_HEALTH_UNDER;
  else
    verdict.health = FXU_HEALTH_OK;
  return verdict;
}

FxuVerdict
fxu_health_judge_sum (const FxpSumRegister *sum, const FxpLayerView *layer, gboolean predict)
{
  FxuVerdict verdict = nothing_known;

  if (layer == NULL || layer->sum.n == 0)
    return verdict;

  verdict.predicted = predict;
  if (predict)
    {
      /* Only the greatest sum is remembered, not how many were as great. */
      gboolean fits =
        sum->mode == FXP_SUM_EXACT || fxp_sum_counts_get_bits_needed (&layer->sum) <= sum->bits;

      verdict.health = fits ? FXU_HEALTH_OK : FXU_HEALTH_OVER;
      return verdict;
    }
  verdict.over = share (layer->sum.n_overflowed, layer->sum.n);
  verdict.health = verdict.over >= FXU_HEALTH_OVER_SHARE ? FXU_HEALTH_OVER : FXU_HEALTH_OK;
  return verdict;
}

char *
fxu_share_to_string (double value)
{
  if (isnan (value))
    return g_strdup ("–");
  if (value > 0.0 && value < 0.001)
    /* translators: a share too small to show */
    return g_strdup (_ ("< 0.1 %"));
  if (value == 0.0 || value >= 0.0995)
    /* translators: a share in percent */
    return g_strdup_printf (_ ("%.0f %%"), 100.0 * value);
  return g_strdup_printf (_ ("%.1f %%"), 100.0 * value);
}

char *
fxu_verdict_to_string (const FxuVerdict *self)
{
  g_autofree char *text = NULL;

  switch (self->health)
    {
    case FXU_HEALTH_UNKNOWN:
      return g_strdup (_ ("not measured yet"));
    case FXU_HEALTH_FLOAT:
      return g_strdup (_ ("not quantized"));
    case FXU_HEALTH_OK:
      return g_strdup (self->predicted ? _ ("would be well") : _ ("well in its format"));
    case FXU_HEALTH_OVER:
      if (isnan (self->over))
        return g_strdup (_ ("would overflow"));
      text = fxu_share_to_string (self->over);
      return g_strdup_printf (self->predicted ? _ ("%s would overflow") : _ ("%s overflow"), text);
    case FXU_HEALTH_UNDER:
      text = fxu_share_to_string (self->under);
      return g_strdup_printf (self->predicted ? _ ("%s would round to zero")
                                              : _ ("%s round to zero"),
                              text);
    case FXU_HEALTH_LOST:
      text = fxu_share_to_string (self->lost);
      return g_strdup_printf (_ ("%s of the updates are lost"), text);
    default:
      g_assert_not_reached ();
    }
}

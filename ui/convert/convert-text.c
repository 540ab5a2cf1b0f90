/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-text.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

const char *
fxu_convert_text_stage (FxuStage stage)
{
  static const char *const names[FXU_N_STAGES] = {
    N_ ("float"),
    N_ ("converted"),
    N_ ("re-estimated"),
    N_ ("fine-tuned"),
  };

  g_return_val_if_fail (stage < FXU_N_STAGES, NULL);

  return _ (names[stage]);
}

static const struct
{
  const char *nick, *name;
} activities[FXU_N_ACTIVITIES] = {
  [FXU_ACTIVITY_IDLE] = {"idle", N_ ("Idle")},
  [FXU_ACTIVITY_TAKING] = {"taking", N_ ("Taking the weights")},
  [FXU_ACTIVITY_CALIBRATING] = {"calibrating", N_ ("Calibrating")},
  [FXU_ACTIVITY_REESTIMATING] = {"reestimating", N_ ("Re-estimating")},
  [FXU_ACTIVITY_TUNING] = {"tuning", N_ ("Fine-tuning")},
  [FXU_ACTIVITY_TESTING] = {"testing", N_ ("Testing")},
  [FXU_ACTIVITY_CERTIFYING] = {"certifying", N_ ("Certifying")},
};

const char *
fxu_convert_text_activity (FxuActivity activity)
{
  g_return_val_if_fail (activity < FXU_N_ACTIVITIES, NULL);

  return _ (activities[activity].name);
}

const char *
fxu_convert_text_nick (FxuActivity activity)
{
  g_return_val_if_fail (activity < FXU_N_ACTIVITIES, NULL);

  return activities[activity].nick;
}

char *
fxu_convert_text_count (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
fxu_convert_text_share (const FxuScore *score)
{
  if (score->n == 0)
    return g_strdup ("–");
  return g_strdup_printf ("%.1f %%", 100.0 * (double)score->n_correct / (double)score->n);
}

double
fxu_score_get_sigma (const FxuScore *score)
{
  double share = score->n > 0 ? (double)score->n_correct / (double)score->n : 0.5;

  return score->n > 0 ? sqrt (share * (1.0 - share) / (double)score->n) : NAN;
}

char *
fxu_convert_text_images (const FxuScore *score)
{
  g_autofree char *n = fxu_convert_text_count (score->n);
  g_autofree char *n_all = fxu_convert_text_count (score->n_all);
  double sigma = 100.0 * fxu_score_get_sigma (score);

  if (score->n == 0)
    return g_strdup ("");
  if (score->n < score->n_all)
    /* translators: an accuracy so far: images, of how many, and its standard deviation */
    return g_strdup_printf (_ ("%s of %s so far, ±%.1f %%"), n, n_all, sigma);
  /* translators: what an accuracy was measured on: a number of images, and its standard deviation
   */
  return g_strdup_printf (_ ("%s images, ±%.1f %%"), n, sigma);
}

static void
add_note (GString *notes, char *note)
{
  if (notes->len > 0)
    g_string_append_c (notes, '\n');
  g_string_append (notes, note);
  g_free (note);
}

/* Layers whose N is less than was asked for, as one note. */
static void
note_short_clusters (GString *notes, FxuClustering *clustering, guint size)
{
  g_autoptr (GString) layers = g_string_new (NULL);

  for (guint i = 0; i < fxu_clustering_get_n_layers (clustering); i++)
    {
      const FxpLayerReport *report = fxu_clustering_get_report (clustering, i);

      if (!report->is_plain && report->bits < 32 && report->effective_size < size)
        g_string_append_printf (layers,
                                "%s%s (%u)",
                                layers->len > 0 ? ", " : "",
                                report->name,
                                report->effective_size);
    }
  if (layers->len > 0)
    /* translators: %u is N; %s are layers, each with what there is to share a scale in it */
    add_note (notes,
              g_strdup_printf (_ ("N = %u is more than there is to cluster; a cluster is all there "
                                  "is in %s."),
                               size,
                               layers->str));
}

/* T15: a method may keep nothing at all. */
static void
note_layer (GString *notes, const FxpLayerReport *report)
{
  const FxpClusterReport *weights = &report->weights;

  if (weights->n_nonzero == 0 && weights->n > 0)
    /* translators: %s is a layer */
    add_note (notes,
              g_strdup_printf (_ ("%s: every weight is dropped; nothing passes this layer."),
                               report->name));
  else if (weights->n_vanished > 0)
    add_note (notes,
              /* translators: a layer; how many of its clusters; of how many */
              g_strdup_printf (_ ("%s: %u of %u clusters vanished: none of their codes but is 0."),
                               report->name,
                               (guint)weights->n_vanished,
                               (guint)weights->n_clusters));
  if (weights->n_nonfinite > 0)
    add_note (notes,
              g_strdup_printf (_ ("%s: %u weights are not finite and count as 0."),
                               report->name,
                               (guint)weights->n_nonfinite));
  if (report->is_wide)
    add_note (notes,
              g_strdup_printf (_ ("%s: sums could exceed 32 bits and are formed in 64."),
                               report->name));
}

char *
fxu_convert_text_notes (FxuConversion *conversion)
{
  g_autoptr (GString) notes = g_string_new (NULL);
  FxuClustering *clustering = fxu_conversion_get_clustering (conversion);
  const FxpConversionOptions *options = fxu_conversion_get_options (conversion);
  FxpGranularity granularity = options->clusters.granularity;

  if (fxu_conversion_get_refusal (conversion) != NULL)
    return g_strdup (fxu_conversion_get_refusal (conversion));
  if (clustering == NULL)
    return g_strdup ("");
  if (fxp_conversion_options_is_off (options))
    add_note (notes, g_strdup (_ ("Nothing is converted: this is the float network.")));
  if (!fxu_conversion_has_normalization (conversion))
    add_note (notes,
              g_strdup (_ ("Without batch normalization there is nothing to re-estimate; "
                           "what quantization shifts stays shifted until fine-tuning.")));
  if (granularity == FXP_GRANULARITY_KERNELS || granularity == FXP_GRANULARITY_WEIGHTS)
    note_short_clusters (notes, clustering, options->clusters.size);
  for (guint i = 0; i < fxu_clustering_get_n_layers (clustering); i++)
    note_layer (notes, fxu_clustering_get_report (clustering, i));
  return g_string_free (g_steal_pointer (&notes), FALSE);
}

/* Nothing has differed so far, which is all there is to say before the last image. */
static char *
describe_agreement (FxuConversion *conversion, const char *agreed, FxuStage stage)
{
  guint64 n_images;
  FxuCertificateState state = fxu_conversion_get_certificate_state (conversion, &n_images);
  g_autofree char *n = fxu_convert_text_count (n_images);

  if (state == FXU_CERTIFICATE_STOPPED)
    /* translators: images on which both engines agreed, of how many that were asked for, before it
     * was cancelled; and which network, such as "re-estimated" */
    return g_strdup_printf (_ ("Integer engine: %s of %s images bit for bit so far, stopped (%s)"),
                            agreed,
                            n,
                            fxu_convert_text_stage (stage));
  if (state == FXU_CERTIFICATE_UNDER_WAY)
    /* translators: likewise, while it goes on */
    return g_strdup_printf (_ ("Integer engine: %s of %s images bit for bit so far (%s)"),
                            agreed,
                            n,
                            fxu_convert_text_stage (stage));
  /* translators: images on which both engines agreed, of how many, and which network, such as
   * "re-estimated" */
  return g_strdup_printf (_ ("Integer engine: %s of %s images bit for bit (%s)"),
                          agreed,
                          n,
                          fxu_convert_text_stage (stage));
}

char *
fxu_convert_text_certificate (FxuConversion *conversion)
{
  FxuStage stage;
  gboolean is_stale;
  FxpInferenceResult result = fxu_conversion_get_certificate (conversion, &stage, &is_stale);
  g_autofree char *agreed = fxu_convert_text_count (result.n_agreed);
  g_autofree char *n = fxu_convert_text_count (result.n);
  g_autofree char *text = NULL;

  if (result.n == 0 || !result.is_compared)
    return g_strdup (_ ("Integer engine: not certified yet"));
  if (result.n_agreed == result.n)
    text = describe_agreement (conversion, agreed, stage);
  else
    /* translators: images on which both engines agreed; of how many; the first one and the node in
     * it that differed */
    text = g_strdup_printf (_ ("Integer engine: %s of %s images bit for bit; the first to differ "
                               "is image %" PRIu64 " at node %u"),
                            agreed,
                            n,
                            result.first_sample,
                            result.first_node);
  if (!is_stale)
    return g_steal_pointer (&text);
  /* translators: %s is a result of options that are others by now */
  return g_strdup_printf (_ ("%s – before the last change"), text);
}

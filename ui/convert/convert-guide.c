/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-guide.h"

#include <glib/gi18n.h>

struct _FxuConvertGuide
{
  GtkWidget parent_instance;

  FxuConversion *conversion;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (FxuConvertGuide, fxu_convert_guide, GTK_TYPE_WIDGET)

static gboolean
is_untrained (FxuConversion *conversion)
{
  return fxu_conversion_get_trained (conversion) != NULL &&
         !(fxu_conversion_get_epoch (conversion, NULL) > 0.0);
}

static gboolean
is_certified (FxuConversion *conversion)
{
  gboolean is_stale;
  FxuStage stage;

  fxu_conversion_get_certificate (conversion, &stage, &is_stale);
  return fxu_conversion_get_certificate_state (conversion, NULL) == FXU_CERTIFICATE_WHOLE &&
         !is_stale && stage == fxu_conversion_get_best (conversion);
}

static gboolean
is_swept (FxuConversion *conversion)
{
  gboolean is_stale;
  guint n;

  fxu_conversion_get_points (conversion, &n, &is_stale);
  return n > 0 && !is_stale;
}

/* Whether there are accuracies, though of other options. */
static gboolean
has_stale_scores (FxuConversion *conversion)
{
  gboolean is_stale;
  FxuScore score = fxu_conversion_get_score (conversion, FXU_STAGE_CONVERTED, &is_stale);

  return score.n > 0 && is_stale;
}

static FxuJobKind
find_next (FxuConversion *conversion)
{
  switch (fxu_conversion_get_best (conversion))
    {
    case FXU_STAGE_CONVERTED:
      return fxu_conversion_has_normalization (conversion) ? FXU_JOB_REESTIMATE : FXU_JOB_TUNE;
    case FXU_STAGE_REESTIMATED:
      return FXU_JOB_TUNE;
    case FXU_STAGE_TUNED:
      if (!is_certified (conversion))
        return FXU_JOB_CERTIFY;
      return is_swept (conversion) ? FXU_N_JOBS : FXU_JOB_SWEEP;
    case FXU_STAGE_FLOAT:
    case FXU_N_STAGES:
    default:
      return FXU_JOB_CONVERT;
    }
}

FxuJobKind
fxu_convert_guide_get_next (FxuConversion *conversion)
{
  FxuJobKind next;

  g_return_val_if_fail (FXU_IS_CONVERSION (conversion), FXU_N_JOBS);

  next = find_next (conversion);
  if (next == FXU_N_JOBS || is_untrained (conversion) ||
      fxu_conversion_explain (conversion, next) != NULL)
    return FXU_N_JOBS;
  return next;
}

static const char *
choose_text (FxuConversion *conversion)
{
  if (is_untrained (conversion))
    return _ ("Here a trained network becomes one of small integers, with few bits a weight. "
              "This one has learnt nothing yet: let it run first.");
  switch (fxu_convert_guide_get_next (conversion))
    {
    case FXU_JOB_CONVERT:
      return has_stale_scores (conversion)
               ? _ ("The options have changed: press Convert to test them.")
               : _ ("Here a trained network becomes one of small integers, with few bits a weight. "
                    "Press Convert to see what accuracy is left.");
    case FXU_JOB_REESTIMATE:
      return _ ("Next: Re-estimate fits batch normalization to the new weights, without training.");
    case FXU_JOB_TUNE:
      return _ ("Next: Fine-tune trains a copy on with few-bit weights; the run stays as it is.");
    case FXU_JOB_CERTIFY:
      if (fxu_conversion_get_tuning (conversion).diverged)
        return _ ("Fine-tuning diverged, which is a result too: a smaller rate, under More, may "
                  "help.");
      return _ ("Next: Certify computes with integers alone and compares every value with the "
                "simulation.");
    case FXU_JOB_SWEEP:
      return _ ("Next: Sweep N shows what smaller and greater clusters would cost.");
    case FXU_N_JOBS:
    default:
      return find_next (conversion) == FXU_N_JOBS
               ? _ ("Every step is done. Choose another method or N, and convert again.")
               : _ ("Here a trained network becomes one of small integers, with few bits a "
                    "weight.");
    }
}

static void
update (FxuConvertGuide *self)
{
  gtk_label_set_text (GTK_LABEL (self->label), choose_text (self->conversion));
}

static void
fxu_convert_guide_dispose (GObject *object)
{
  FxuConvertGuide *self = FXU_CONVERT_GUIDE (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->conversion);

  G_OBJECT_CLASS (fxu_convert_guide_parent_class)->dispose (object);
}

static void
fxu_convert_guide_class_init (FxuConvertGuideClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_convert_guide_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "convertguide");
}

static void
fxu_convert_guide_init (FxuConvertGuide *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0.0f);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

GtkWidget *
fxu_convert_guide_new (FxuConversion *conversion)
{
  FxuConvertGuide *self;

  g_return_val_if_fail (FXU_IS_CONVERSION (conversion), NULL);

  self = g_object_new (FXU_TYPE_CONVERT_GUIDE, NULL);
  self->conversion = g_object_ref (conversion);
  g_signal_connect_object (conversion, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

const char *
fxu_convert_guide_get_text (FxuConvertGuide *self)
{
  g_return_val_if_fail (FXU_IS_CONVERT_GUIDE (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->label));
}

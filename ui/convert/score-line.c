/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/score-line.h"
#include "convert/convert-text.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *box, *figure, *name, *images;
  gboolean is_stale;
} Part;

struct _FxuScoreLine
{
  GtkWidget parent_instance;

  FxuSession *session;

  GtkWidget *box;
  GtkWidget *row; /* of the parts, all as wide */
  Part parts[FXU_N_STAGES];
  GtkWidget *badge, *icon, *verdict;
};

G_DEFINE_FINAL_TYPE (FxuScoreLine, fxu_score_line, GTK_TYPE_WIDGET)

static const char *const helps[FXU_N_STAGES] = {
  [FXU_STAGE_FLOAT] = N_ ("The network as the run has trained it, in floating point"),
  [FXU_STAGE_CONVERTED] = N_ ("After Convert: few-bit weights, calibrated activations"),
  [FXU_STAGE_REESTIMATED] = N_ ("After Re-estimate: batch normalization fits the new weights"),
  [FXU_STAGE_TUNED] = N_ ("After Fine-tune: a copy trained on with few-bit weights"),
};

static void
set_class (GtkWidget *widget, const char *name, gboolean has)
{
  if (has)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_part (Part *part, FxuConversion *conversion, FxuStage stage)
{
  gboolean is_stale;
  FxuScore score = fxu_conversion_get_score (conversion, stage, &is_stale);
  gboolean diverged =
    stage == FXU_STAGE_TUNED && fxu_conversion_get_tuning (conversion).diverged && score.n > 0;
  g_autofree char *share = fxu_convert_text_share (&score);
  g_autofree char *images = fxu_convert_text_images (&score);
  g_autofree char *name = NULL;
  g_autofree char *help =
    g_strdup_printf ("%s%s%s", _ (helps[stage]), *images != '\0' ? "\n" : "", images);

  is_stale = is_stale && score.n > 0;
  if (diverged)
    name = g_strdup_printf (_ ("%s, diverged"), fxu_convert_text_stage (stage));
  else
    name = g_strdup (fxu_convert_text_stage (stage));
  gtk_label_set_text (GTK_LABEL (part->figure), share);
  gtk_label_set_text (GTK_LABEL (part->name), name);
  part->is_stale = is_stale;
  /* translators: below an accuracy that was measured with other options than the present ones */
  gtk_label_set_text (GTK_LABEL (part->images), is_stale ? _ ("before the change") : images);
  gtk_widget_set_tooltip_text (part->box, help);
  set_class (part->box, "stale", is_stale);
  set_class (part->box, "none", score.n == 0);
  set_class (part->name, "error", diverged);
}

static void
show_badge (FxuScoreLine *self, FxuConversion *conversion)
{
  g_autofree char *text = fxu_convert_text_certificate (conversion);
  gboolean is_stale;
  FxpInferenceResult result = fxu_conversion_get_certificate (conversion, NULL, &is_stale);
  FxuCertificateState state = fxu_conversion_get_certificate_state (conversion, NULL);
  gboolean is_known = state != FXU_CERTIFICATE_NONE;
  gboolean agrees = is_known && result.n_agreed == result.n;
  gboolean is_whole = state == FXU_CERTIFICATE_WHOLE;

  gtk_label_set_text (GTK_LABEL (self->verdict), text);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                is_known && !agrees                ? "dialog-error-symbolic"
                                : is_whole                         ? "object-select-symbolic"
                                : state == FXU_CERTIFICATE_STOPPED ? "media-playback-stop-symbolic"
                                                                   : "dialog-question-symbolic");
  set_class (self->badge, "agrees", agrees && !is_stale && is_whole);
  set_class (self->badge, "stopped", agrees && state == FXU_CERTIFICATE_STOPPED);
  set_class (self->badge, "differs", is_known && !agrees && !is_stale);
  set_class (self->badge, "stale", is_known && is_stale);
}

static void
update (FxuScoreLine *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);

  if (conversion == NULL)
    return;
  for (guint i = 0; i < FXU_N_STAGES; i++)
    show_part (&self->parts[i], conversion, i);
  show_badge (self, conversion);
}

static void
fxu_score_line_dispose (GObject *object)
{
  FxuScoreLine *self = FXU_SCORE_LINE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_score_line_parent_class)->dispose (object);
}

static void
fxu_score_line_class_init (FxuScoreLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_score_line_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "scoreline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_score_line_init (FxuScoreLine *self)
{
}

static GtkWidget *
add_label (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
build_part (FxuScoreLine *self, FxuStage stage)
{
  Part *part = &self->parts[stage];
  GtkWidget *place = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  part->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  part->figure = add_label (part->box, "big-figure");
  part->name = add_label (part->box, "name");
  part->images = add_label (part->box, "caption");
  gtk_widget_set_hexpand (part->box, TRUE);
  if (stage > 0)
    {
      GtkWidget *arrow = gtk_label_new ("→");

      gtk_widget_add_css_class (arrow, "arrow");
      gtk_widget_set_valign (arrow, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (place), arrow);
    }
  gtk_box_append (GTK_BOX (place), part->box);
  gtk_box_append (GTK_BOX (self->row), place);
}

static void
build_badge (FxuScoreLine *self)
{
  self->badge = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->icon = gtk_image_new ();
  self->verdict = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->verdict), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->verdict), 0.0f);
  gtk_label_set_width_chars (GTK_LABEL (self->verdict), 16);
  gtk_label_set_max_width_chars (GTK_LABEL (self->verdict), 22);
  gtk_widget_add_css_class (self->badge, "badge");
  gtk_widget_set_tooltip_text (self->badge,
                               _ ("The integer engine has no floating point between image and "
                                  "result. Certified: each value of each layer was that of the "
                                  "simulation."));
  gtk_widget_set_valign (self->badge, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->badge), self->icon);
  gtk_box_append (GTK_BOX (self->badge), self->verdict);
  gtk_box_append (GTK_BOX (self->box), self->badge);
}

GtkWidget *
fxu_score_line_new (FxuSession *session)
{
  static const char *const told_by[] = {"changed", "progress"};
  FxuScoreLine *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_SCORE_LINE, NULL);
  self->session = g_object_ref (session);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_set_homogeneous (GTK_BOX (self->row), TRUE);
  gtk_widget_set_hexpand (self->row, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->row);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  for (guint i = 0; i < FXU_N_STAGES; i++)
    build_part (self, i);
  build_badge (self);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (fxu_session_get_conversion (session),
                             told_by[i],
                             G_CALLBACK (update),
                             self,
                             G_CONNECT_SWAPPED);
  update (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Accuracy of each step"),
                                  -1);
  return GTK_WIDGET (self);
}

char *
fxu_score_line_describe (FxuScoreLine *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_SCORE_LINE (self), NULL);

  for (guint i = 0; i < FXU_N_STAGES; i++)
    {
      const Part *part = &self->parts[i];
      const char *images = gtk_label_get_text (GTK_LABEL (part->images));

      g_string_append_printf (text,
                              "%s%s%s: %s %s\n",
                              gtk_label_get_text (GTK_LABEL (part->name)),
                              part->is_stale ? ", " : "",
                              part->is_stale ? images : "",
                              gtk_label_get_text (GTK_LABEL (part->figure)),
                              part->is_stale ? "" : images);
    }
  g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (self->verdict)));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cluster-settings.h"
#include "run/settings-rows.h"
#include "value-check.h"
#include "value-choice.h"
#include "value-entry.h"

#include <glib/gi18n.h>

struct _FxuClusterSettings
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *rows;
  GtkWidget *method, *bits, *granularity, *size, *terms, *asymmetric, *last;
};

G_DEFINE_FINAL_TYPE (FxuClusterSettings, fxu_cluster_settings, GTK_TYPE_WIDGET)

/* Only what the method in force uses, and what the method is. */
static void
refresh (FxuClusterSettings *self)
{
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxu_session_get_experiment (self->session));
  const FxpClusterOptions *clusters = &settings->clusters;
  const gboolean is_on = clusters->method != FXP_CLUSTER_NONE;
  const gboolean is_ternary = fxp_cluster_method_is_ternary (clusters->method);
  const gboolean has_size = clusters->granularity == FXP_GRANULARITY_KERNELS ||
                            clusters->granularity == FXP_GRANULARITY_WEIGHTS;
  g_autofree char *tooltip =
    g_strdup_printf ("%s.\n%s",
                     fxp_cluster_method_get_name (clusters->method),
                     _ ("The fixed-point run multiplies with clusters of its weights, forward and\n"
                        "backward, and what it learns goes to the weights themselves. Not in the\n"
                        "float twin. The first layer has 8-bit words then."));

  gtk_widget_set_tooltip_text (self->method, tooltip);
  fxu_settings_rows_set_visible (self->rows, self->bits, is_on && !is_ternary);
  fxu_settings_rows_set_visible (self->rows, self->granularity, is_on);
  fxu_settings_rows_set_visible (self->rows, self->size, is_on && has_size);
  fxu_settings_rows_set_visible (self->rows, self->terms, is_ternary);
  gtk_widget_set_visible (self->asymmetric, is_ternary);
  fxu_settings_rows_set_visible (self->rows, self->last, is_on);
}

static void
fxu_cluster_settings_dispose (GObject *object)
{
  FxuClusterSettings *self = FXU_CLUSTER_SETTINGS (object);

  g_clear_pointer (&self->rows, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_cluster_settings_parent_class)->dispose (object);
}

static void
fxu_cluster_settings_class_init (FxuClusterSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_cluster_settings_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_cluster_settings_init (FxuClusterSettings *self)
{
  self->rows = fxu_settings_rows_new ();
  gtk_widget_set_parent (self->rows, GTK_WIDGET (self));
}

static char *
step_bits (const char *text, int direction)
{
  const int bits = atoi (text) + direction;

  return g_strdup_printf ("%d", CLAMP (bits, FXP_CLUSTER_BITS_MIN, FXP_CLUSTER_BITS_MAX));
}

static char *
step_terms (const char *text, int direction)
{
  const int terms = atoi (text) + direction;

  return g_strdup_printf ("%d", CLAMP (terms, 1, FXP_CLUSTER_TERMS_MAX));
}

static char *
step_size (const char *text, int direction)
{
  const int size = direction > 0 ? atoi (text) * 2 : atoi (text) / 2;

  return g_strdup_printf ("%d", CLAMP (size, 1, FXP_CLUSTER_SIZE_MAX));
}

static GtkWidget *
add_entry (FxuClusterSettings *self,
           const char *name,
           const char *key,
           const char *spoken,
           FxuStepValue step,
           const char *tooltip)
{
  GtkWidget *entry = fxu_value_entry_new (self->session, key, spoken, step);

  gtk_widget_set_tooltip_text (entry, tooltip);
  return fxu_settings_rows_add (self->rows, name, entry);
}

static GtkWidget *
add_choice (FxuClusterSettings *self,
            const char *name,
            const char *key,
            const char *spoken,
            const char *const *choices,
            const char *tooltip)
{
  GtkWidget *choice = fxu_value_choice_new (self->session, key, spoken, choices);

  gtk_widget_set_tooltip_text (choice, tooltip);
  return fxu_settings_rows_add (self->rows, name, choice);
}

static void
add_codes (FxuClusterSettings *self)
{
  const char *methods[FXP_N_CLUSTER_METHODS + 1] = {NULL};

  for (guint i = 0; i < FXP_N_CLUSTER_METHODS; i++)
    methods[i] = fxp_cluster_method_get_nick (i);

  self->method = add_choice (self,
                             _ ("Method"),
                             "clusters.method",
                             _ ("How weights become codes with a scale"),
                             methods,
                             NULL);
  self->bits = add_entry (self,
                          _ ("Bits"),
                          "clusters.bits",
                          _ ("Bits of a code, sign included"),
                          step_bits,
                          NULL);
}

static void
add_scales (FxuClusterSettings *self)
{
  const char *granularities[FXP_N_GRANULARITIES + 1] = {NULL};

  for (guint i = 0; i < FXP_N_GRANULARITIES; i++)
    granularities[i] = fxp_granularity_get_nick (i);

  self->granularity = add_choice (self,
                                  _ ("Scale of each"),
                                  "clusters.granularity",
                                  _ ("What has a scale of its own"),
                                  granularities,
                                  _ ("kernels: N kernels of consecutive input channels of one "
                                     "output;\nweights: N weights of consecutive channels at one "
                                     "place of the kernel."));
  self->size =
    add_entry (self, "N", "clusters.size", _ ("Kernels or weights of a cluster"), step_size, NULL);
  self->terms = add_entry (self,
                           _ ("Steps"),
                           "clusters.terms",
                           _ ("Residual steps"),
                           step_terms,
                           _ ("Each step more makes ternary codes of what the ones before left."));
  self->asymmetric =
    fxu_value_check_new (self->session, "clusters.asymmetric", _ ("Scales for + and - apart"));
  fxu_settings_rows_add_wide (self->rows, self->asymmetric);
}

static void
add_last (FxuClusterSettings *self)
{
  const char *lasts[FXP_N_LAST_WEIGHTS + 1] = {NULL};

  for (guint i = 0; i < FXP_N_LAST_WEIGHTS; i++)
    lasts[i] = fxp_last_weights_get_nick (i);

  self->last = add_choice (self,
                           _ ("Last layer"),
                           "clusters.last",
                           _ ("What the last layer's weights are"),
                           lasts,
                           _ ("float: the weights themselves; 8: words of 8 bits."));
}

GtkWidget *
fxu_cluster_settings_new (FxuSession *session)
{
  FxuClusterSettings *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CLUSTER_SETTINGS, NULL);
  self->session = g_object_ref (session);
  add_codes (self);
  add_scales (self);
  add_last (self);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}

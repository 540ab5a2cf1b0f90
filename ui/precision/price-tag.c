/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/price-tag.h"

#include <glib/gi18n.h>

#define BAR_WIDTH 46

static const struct
{
  const char *symbol;  /* Pango markup */
  const char *nick;    /* for programs */
  const char *meaning; /* to be translated, as the unit */
  const char *unit;
  gsize offset; /* in FxpCost */
  double scale; /* of the unit */
} measures[] = {
  {"C<sub>W</sub>",
   "C_W",
   N_ ("Weights, their gradients and accumulators"),
   N_ ("Mbit"),
   G_STRUCT_OFFSET (FxpCost, weights),
   1e6},
  {"C<sub>A</sub>",
   "C_A",
   N_ ("Activations and their gradients, one sample"),
   N_ ("kbit"),
   G_STRUCT_OFFSET (FxpCost, activations),
   1e3},
  {"C<sub>M</sub>",
   "C_M",
   N_ ("Multiplications, one sample"),
   N_ ("million full adders"),
   G_STRUCT_OFFSET (FxpCost, multiplies),
   1e6},
  {"C<sub>C</sub>",
   "C_C",
   N_ ("Weight gradients to be exchanged"),
   N_ ("Mbit"),
   G_STRUCT_OFFSET (FxpCost, communication),
   1e6},
};

#define N_MEASURES G_N_ELEMENTS (measures)

struct _FxuPriceTag
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *columns[N_MEASURES];
  GtkWidget *labels[N_MEASURES];
  GtkWidget *bars[N_MEASURES];
  double shares[N_MEASURES];
  gboolean is_known;
};

G_DEFINE_FINAL_TYPE (FxuPriceTag, fxu_price_tag, GTK_TYPE_WIDGET)

static double
get_cost (const FxpCost *cost, guint i)
{
  return G_STRUCT_MEMBER (double, cost, measures[i].offset);
}

static void
show_measure (FxuPriceTag *self, guint i, double fixed, double of_float)
{
  g_autofree char *label = NULL;
  g_autofree char *tooltip = NULL;

  self->shares[i] = of_float > 0.0 ? fixed / of_float : 0.0;
  /* translators: a measure of cost, in Pango markup, and its share of what float costs */
  label = g_strdup_printf (_ ("%s %.0f %%"), measures[i].symbol, 100.0 * self->shares[i]);
  gtk_label_set_markup (GTK_LABEL (self->labels[i]), label);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->bars[i]), CLAMP (self->shares[i], 0.0, 1.0));
  /* translators: what is counted, how many, their unit; the same in float */
  tooltip = g_strdup_printf (_ ("%s: %.3g %s, %.3g in 32-bit float"),
                             _ (measures[i].meaning),
                             fixed / measures[i].scale,
                             _ (measures[i].unit),
                             of_float / measures[i].scale);
  gtk_widget_set_tooltip_text (self->columns[i], tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bars[i]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tooltip,
                                  -1);
}

/* Where the data are not here yet and the topology does not fit those that are, nothing is known.
 */
static void
update (FxuPriceTag *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  g_autoptr (FxpCostTable) costs =
    fxp_cost_table_new (experiment, dataset != NULL ? fxp_dataset_get_shape (dataset) : NULL, NULL);

  self->is_known = costs != NULL;
  gtk_widget_set_visible (self->box, self->is_known);
  for (guint i = 0; i < N_MEASURES && self->is_known; i++)
    show_measure (self, i, get_cost (&costs->total, i), get_cost (&costs->float_total, i));
}

static void
fxu_price_tag_dispose (GObject *object)
{
  FxuPriceTag *self = FXU_PRICE_TAG (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_price_tag_parent_class)->dispose (object);
}

static void
fxu_price_tag_class_init (FxuPriceTagClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_price_tag_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "pricetag");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_column (FxuPriceTag *self, guint i)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  self->labels[i] = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->labels[i]), 0.0f);
  gtk_widget_add_css_class (self->labels[i], "caption");
  self->bars[i] = gtk_level_bar_new ();
  /* Its own colours mean that much is good. */
  for (guint k = 0; k < 3; k++)
    gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (self->bars[i]),
                                       (const char *const[]){GTK_LEVEL_BAR_OFFSET_LOW,
                                                             GTK_LEVEL_BAR_OFFSET_HIGH,
                                                             GTK_LEVEL_BAR_OFFSET_FULL}[k]);
  gtk_widget_set_size_request (self->bars[i], BAR_WIDTH, -1);
  gtk_box_append (GTK_BOX (column), self->labels[i]);
  gtk_box_append (GTK_BOX (column), self->bars[i]);
  return column;
}

static void
fxu_price_tag_init (FxuPriceTag *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  for (guint i = 0; i < N_MEASURES; i++)
    {
      self->columns[i] = make_column (self, i);
      gtk_box_append (GTK_BOX (self->box), self->columns[i]);
    }
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Cost beside 32-bit float"),
                                  -1);
}

GtkWidget *
fxu_price_tag_new (FxuSession *session)
{
  FxuPriceTag *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_PRICE_TAG, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

char *
fxu_price_tag_describe (FxuPriceTag *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_PRICE_TAG (self), NULL);

  for (guint i = 0; i < N_MEASURES && self->is_known; i++)
    {
      char share[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (share, sizeof share, "%.4f", self->shares[i]);
      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "", measures[i].nick, share);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

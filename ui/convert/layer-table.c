/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/layer-table.h"
#include "plot/scale.h"

#include <glib/gi18n.h>
#include <math.h>

/* Columns behind the layer's name. */
typedef enum
{
  COLUMN_NAME,
  COLUMN_BITS,
  COLUMN_SIZE,
  COLUMN_ERROR,
  COLUMN_DENSITY,
  COLUMN_VANISHED,
  COLUMN_SCALES,
  COLUMN_INPUT,
  COLUMN_SHIFT,
  N_COLUMNS
} Column;

static const struct
{
  const char *name, *help;
} columns[N_COLUMNS] = {
  [COLUMN_NAME] = {N_ ("layer"), N_ ("Layer with weights")},
  [COLUMN_BITS] = {N_ ("bits"), N_ ("Bits of a weight's code; and with its share of the scales")},
  [COLUMN_SIZE] = {N_ ("N"), N_ ("Kernels or weights that share a scale, as many as there are")},
  [COLUMN_ERROR] = {N_ ("error"), N_ ("Energy of the error over the energy of the weights")},
  [COLUMN_DENSITY] = {N_ ("dense"), N_ ("Codes that are not zero")},
  [COLUMN_VANISHED] = {N_ ("vanished"), N_ ("Clusters that have no code but 0, of all")},
  [COLUMN_SCALES] = {N_ ("scales"),
                     N_ ("Least, median and greatest mantissa of the scales, and their power of "
                         "two")},
  [COLUMN_INPUT] = {N_ ("input"), N_ ("Format of the codes that enter")},
  [COLUMN_SHIFT] = {N_ ("BN shift"),
                    N_ ("How far re-estimation moved the means of batch normalization, in standard "
                        "deviations, root mean square over channels")},
};

struct _FxuLayerTable
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  GtkWidget *list;
  GPtrArray *sizes; /* of GtkSizeGroup, one a column */
  guint n_rows;
  gboolean is_showing; /* what is selected follows from the program, not from the user */
};

G_DEFINE_FINAL_TYPE (FxuLayerTable, fxu_layer_table, GTK_TYPE_WIDGET)

static guint selected_signal;

static char *
format_scales (const FxpLayerReport *report)
{
  g_autofree char *power = fxu_scale_format_power (2, report->scale_exponent);

  if (report->is_plain)
    return g_steal_pointer (&power);
  /* Least and greatest are in the tooltip: the column has to fit beside the others. */
  return g_strdup_printf ("%u · %s", report->scale_median, power);
}

static char *
format_help (const FxpLayerReport *report, Column column)
{
  g_autoptr (GString) help = g_string_new (_ (columns[column].help));

  if (column == COLUMN_SCALES && !report->is_plain && report->bits < 32)
    {
      g_string_append_printf (help,
                              "\n%u – %u – %u",
                              report->scale_min,
                              report->scale_median,
                              report->scale_max);
      if (report->intermediate_bits > 0)
        {
          g_string_append_c (help, '\n');
          /* translators: >> is a shift to the right */
          g_string_append_printf (help,
                                  _ ("Clusters' sums: >>%u, %u bits"),
                                  report->reduction,
                                  report->intermediate_bits);
        }
    }
  return g_string_free (g_steal_pointer (&help), FALSE);
}

static char *
format_error (const FxpClusterReport *weights)
{
  double share = weights->energy > 0.0 ? weights->error / weights->energy : 0.0;

  if (!(share > 0.0))
    return g_strdup (isnan (share) ? "–" : _ ("none"));
  return g_strdup_printf (_ ("%.1f dB"), 10.0 * log10 (share));
}

/* NULL: nothing to say there. */
static char *
format_cell (const FxpLayerReport *report, const FxpLayerReport *moved, Column column)
{
  const FxpClusterReport *weights = &report->weights;
  gboolean is_float = report->bits >= 32;

  switch (column)
    {
    case COLUMN_NAME:
      return g_strdup (report->name);
    case COLUMN_BITS:
      if (is_float)
        return g_strdup (_ ("float"));
      return report->is_plain
               ? g_strdup_printf ("%u", report->bits)
               : g_strdup_printf ("%u (%.2f)", report->bits, weights->bits_per_weight);
    case COLUMN_SIZE:
      return report->is_plain || is_float ? NULL : g_strdup_printf ("%u", report->effective_size);
    case COLUMN_ERROR:
      return is_float ? NULL : format_error (weights);
    case COLUMN_DENSITY:
      return is_float || weights->n == 0
               ? NULL
               : g_strdup_printf ("%.0f %%",
                                  100.0 * (double)weights->n_nonzero / (double)weights->n);
    case COLUMN_VANISHED:
      return report->is_plain || is_float
               ? NULL
               : g_strdup_printf ("%u/%u", (guint)weights->n_vanished, (guint)weights->n_clusters);
    case COLUMN_SCALES:
      return is_float ? NULL : format_scales (report);
    case COLUMN_INPUT:
      return fxp_format_is_float (report->input) ? NULL : fxp_format_to_string (report->input);
    case COLUMN_SHIFT:
      return moved == NULL || isnan (moved->shift) ? NULL
                                                   : g_strdup_printf ("%.2f σ", moved->shift);
    case N_COLUMNS:
    default:
      return NULL;
    }
}

static GtkWidget *
add_cell (FxuLayerTable *self, GtkWidget *row, Column column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_NAME ? 0.0f : 1.0f);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_size_group_add_widget (g_ptr_array_index (self->sizes, column), label);
  gtk_box_append (GTK_BOX (row), label);
  return label;
}

static GtkWidget *
make_row (FxuLayerTable *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  for (guint i = 0; i < N_COLUMNS; i++)
    add_cell (self, box, i);
  return box;
}

static GtkWidget *
get_cells (FxuLayerTable *self, guint layer)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)layer);

  return gtk_list_box_row_get_child (row);
}

static void
fill_row (GtkWidget *cells, const FxpLayerReport *report, const FxpLayerReport *moved)
{
  GtkWidget *label = gtk_widget_get_first_child (cells);

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autofree char *text = format_cell (report, moved, i);
      g_autofree char *help = format_help (report, i);

      gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "–");
      gtk_widget_set_tooltip_text (label, help);
      label = gtk_widget_get_next_sibling (label);
    }
}

static void
set_n_rows (FxuLayerTable *self, guint n)
{
  for (; self->n_rows < n; self->n_rows++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self));
  for (; self->n_rows > n; self->n_rows--)
    gtk_list_box_remove (GTK_LIST_BOX (self->list),
                         GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list),
                                                                    (int)self->n_rows - 1)));
}

static void
update (FxuLayerTable *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  FxuClustering *clustering =
    conversion != NULL ? fxu_conversion_get_clustering (conversion) : NULL;
  FxpModel *model, *reestimated;
  g_autoptr (FxuClustering) moved = NULL;

  if (clustering == NULL)
    {
      set_n_rows (self, 0);
      return;
    }
  /* Exponents and shifts are known of a model that was calibrated; of the same weights, so not of
   * the fine-tuned one. */
  reestimated = fxu_conversion_get_model (conversion, FXU_STAGE_REESTIMATED);
  model =
    reestimated != NULL ? reestimated : fxu_conversion_get_model (conversion, FXU_STAGE_CONVERTED);
  if (model != NULL)
    moved = fxu_clustering_new_of (model);
  set_n_rows (self, fxu_clustering_get_n_layers (clustering));
  for (guint i = 0; i < self->n_rows; i++)
    {
      const FxpLayerReport *after = moved != NULL ? fxu_clustering_get_report (moved, i) : NULL;

      fill_row (get_cells (self, i),
                after != NULL ? after : fxu_clustering_get_report (clustering, i),
                reestimated != NULL ? after : NULL);
    }
}

static void
row_selected_cb (FxuLayerTable *self, GtkListBoxRow *row)
{
  if (row != NULL && !self->is_showing)
    g_signal_emit (self, selected_signal, 0, (guint)gtk_list_box_row_get_index (row));
}

static void
fxu_layer_table_dispose (GObject *object)
{
  FxuLayerTable *self = FXU_LAYER_TABLE (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->sizes, g_ptr_array_unref);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_layer_table_parent_class)->dispose (object);
}

static void
fxu_layer_table_class_init (FxuLayerTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_layer_table_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "layertable");
  selected_signal = g_signal_new ("selected",
                                  FXU_TYPE_LAYER_TABLE,
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  G_TYPE_UINT);
}

static GtkWidget *
make_headings (FxuLayerTable *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  gtk_widget_add_css_class (row, "headings");
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkWidget *label = add_cell (self, row, i);

      gtk_label_set_text (GTK_LABEL (label), _ (columns[i].name));
      gtk_widget_set_tooltip_text (label, _ (columns[i].help));
    }
  return row;
}

static void
fxu_layer_table_init (FxuLayerTable *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->sizes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < N_COLUMNS; i++)
    g_ptr_array_add (self->sizes, gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL));
  self->list = gtk_list_box_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Layers as they were converted"),
                                  -1);
  g_signal_connect_swapped (self->list, "row-selected", G_CALLBACK (row_selected_cb), self);
  gtk_box_append (GTK_BOX (box), make_headings (self));
  gtk_box_append (GTK_BOX (box), self->list);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scrolled), 90);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scrolled), 240);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

GtkWidget *
fxu_layer_table_new (FxuSession *session)
{
  static const char *const told_by[] = {"clustered", "changed"};
  FxuLayerTable *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_LAYER_TABLE, NULL);
  self->session = g_object_ref (session);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (fxu_session_get_conversion (session),
                             told_by[i],
                             G_CALLBACK (update),
                             self,
                             G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

void
fxu_layer_table_select (FxuLayerTable *self, guint layer)
{
  g_return_if_fail (FXU_IS_LAYER_TABLE (self));

  if (layer >= self->n_rows)
    return;
  self->is_showing = TRUE;
  gtk_list_box_select_row (GTK_LIST_BOX (self->list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)layer));
  self->is_showing = FALSE;
}

char *
fxu_layer_table_describe (FxuLayerTable *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_LAYER_TABLE (self), NULL);

  for (guint layer = 0; layer < self->n_rows; layer++)
    {
      GtkWidget *label = gtk_widget_get_first_child (get_cells (self, layer));

      for (guint i = 0; i < N_COLUMNS; i++)
        {
          if (i == COLUMN_NAME)
            g_string_append_printf (text, "%s:", gtk_label_get_text (GTK_LABEL (label)));
          else
            g_string_append_printf (text,
                                    " %s %s%s",
                                    _ (columns[i].name),
                                    gtk_label_get_text (GTK_LABEL (label)),
                                    i + 1 < N_COLUMNS ? "," : "\n");
          label = gtk_widget_get_next_sibling (label);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

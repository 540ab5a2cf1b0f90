/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/cell.h"
#include "precision/cell-face.h"
#include "precision/cell-input.h"
#include "look.h"

#include <glib/gi18n.h>

/* Sizes of letters, relative to the font. */
#define NUMBER_SCALE  1.2
#define COMPACT_SCALE 1.0
#define WORD_SCALE    0.95
#define SMALL_SCALE   0.82

struct _FxuPrecisionCell
{
  GtkWidget parent_instance;

  FxuCellKind kind;
  FxuSelected selected;
  FxuFace face;
  char *title; /* as shown, but for digits being typed */
  char *spoken;
  char *reading;
  guint word_bits;
  guint tell_id;
  FxuCellInput *input;
};

G_DEFINE_FINAL_TYPE (FxuPrecisionCell, fxu_precision_cell, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_NUDGE,
  SIGNAL_GRAB,
  SIGNAL_SELECTED,
  SIGNAL_MOVE,
  SIGNAL_OPEN,
  SIGNAL_TYPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_attributes (PangoLayout *layout, double scale, gboolean bold)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
}

static void
set_text (PangoLayout *layout, const char *text, gboolean markup)
{
  if (markup)
    pango_layout_set_markup (layout, text, -1);
  else
    pango_layout_set_text (layout, text, -1);
}

static double
title_scale (FxuPrecisionCell *self)
{
  gboolean is_number = g_ascii_isdigit (*self->title) || *fxu_cell_input_get_typed (self->input);

  if (self->kind != FXU_CELL_VALUE || is_number)
    return self->face.is_compact ? COMPACT_SCALE : NUMBER_SCALE;
  return self->face.is_shared ? SMALL_SCALE : WORD_SCALE;
}

/* The title is what it shows, or the digits typed so far. */
static void
update_title (FxuPrecisionCell *self)
{
  const char *typed = fxu_cell_input_get_typed (self->input);

  if (*typed != '\0')
    {
      g_autofree char *text = g_strconcat (typed, "_", NULL);

      set_text (self->face.title, text, FALSE);
    }
  else
    set_text (self->face.title, self->title, self->kind != FXU_CELL_VALUE);
  if (self->kind == FXU_CELL_VALUE)
    set_attributes (self->face.title, title_scale (self), TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The usual longest line, whatever is shown now. */
static void
measure_least (FxuPrecisionCell *self)
{
  g_autoptr (PangoLayout) sample = NULL;
  g_autofree char *text = NULL;
  g_autofree char *share = NULL;

  if (self->kind != FXU_CELL_VALUE)
    return;

  share = fxu_share_to_string (0.99);
  text = g_strdup_printf (_ ("over %s"), share);
  sample = pango_layout_copy (self->face.note);
  pango_layout_set_text (sample, text, -1);
  pango_layout_get_pixel_size (sample, &self->face.least_width, NULL);
}

static void
typed_cb (FxuPrecisionCell *self)
{
  if (*fxu_cell_input_get_typed (self->input) != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self), "typing");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "typing");
  update_title (self);
}

static void
fxu_precision_cell_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  FxuPrecisionCell *self = FXU_PRECISION_CELL (widget);
  int width, height, natural_height;

  fxu_face_measure (&self->face, &width, &height, &natural_height);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? width : natural_height;
}

static void
fxu_precision_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuPrecisionCell *self = FXU_PRECISION_CELL (widget);
  GdkRGBA text;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  fxu_face_draw (&self->face,
                 snapshot,
                 gtk_widget_get_width (widget),
                 gtk_widget_get_height (widget),
                 &text,
                 fxu_look_get_palette (widget));
}

static void
fxu_precision_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  FxuPrecisionCell *self = FXU_PRECISION_CELL (widget);

  GTK_WIDGET_CLASS (fxu_precision_cell_parent_class)->css_changed (widget, change);

  pango_layout_context_changed (self->face.title);
  pango_layout_context_changed (self->face.subtitle);
  pango_layout_context_changed (self->face.note);
  measure_least (self);
}

static void
fxu_precision_cell_dispose (GObject *object)
{
  FxuPrecisionCell *self = FXU_PRECISION_CELL (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_clear_pointer (&self->input, fxu_cell_input_free);

  G_OBJECT_CLASS (fxu_precision_cell_parent_class)->dispose (object);
}

static void
fxu_precision_cell_finalize (GObject *object)
{
  FxuPrecisionCell *self = FXU_PRECISION_CELL (object);

  g_clear_object (&self->face.title);
  g_clear_object (&self->face.subtitle);
  g_clear_object (&self->face.note);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->spoken, g_free);
  g_clear_pointer (&self->reading, g_free);

  G_OBJECT_CLASS (fxu_precision_cell_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name,
                       FXU_TYPE_PRECISION_CELL,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       n_params,
                       first,
                       second);
}

static void
fxu_precision_cell_class_init (FxuPrecisionCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_precision_cell_dispose;
  object_class->finalize = fxu_precision_cell_finalize;
  widget_class->measure = fxu_precision_cell_measure;
  widget_class->snapshot = fxu_precision_cell_snapshot;
  widget_class->css_changed = fxu_precision_cell_css_changed;
  gtk_widget_class_set_css_name (widget_class, "cell");

  signals[SIGNAL_NUDGE] = add_signal ("nudge", 1, G_TYPE_POINTER, G_TYPE_NONE);
  signals[SIGNAL_GRAB] = add_signal ("grab", 1, G_TYPE_BOOLEAN, G_TYPE_NONE);
  signals[SIGNAL_SELECTED] = add_signal ("selected", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_MOVE] = add_signal ("move", 2, G_TYPE_INT, G_TYPE_INT);
  signals[SIGNAL_OPEN] = add_signal ("open", 0, G_TYPE_NONE, G_TYPE_NONE);
  signals[SIGNAL_TYPED] = add_signal ("typed", 0, G_TYPE_NONE, G_TYPE_NONE);
}

static PangoLayout *
make_layout (GtkWidget *widget, double scale, gboolean bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);

  set_attributes (layout, scale, bold);
  return layout;
}

static gboolean
query_tooltip_cb (FxuPrecisionCell *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, self->reading);
  return self->reading != NULL;
}

static void
fxu_precision_cell_init (FxuPrecisionCell *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->title = g_strdup ("");
  self->face.title = make_layout (widget, NUMBER_SCALE, TRUE);
  self->face.subtitle = make_layout (widget, SMALL_SCALE, FALSE);
  self->face.note = make_layout (widget, SMALL_SCALE, FALSE);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_cursor_from_name (widget, "ns-resize");
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  self->input = fxu_cell_input_new (widget);
  g_signal_connect (self, "typed", G_CALLBACK (typed_cb), NULL);
}

GtkWidget *
fxu_precision_cell_new (FxuCellKind kind)
{
  static const GtkAccessibleRole roles[] = {
    [FXU_CELL_VALUE] = GTK_ACCESSIBLE_ROLE_SPIN_BUTTON,
    [FXU_CELL_ROW] = GTK_ACCESSIBLE_ROLE_ROW_HEADER,
    [FXU_CELL_COLUMN] = GTK_ACCESSIBLE_ROLE_COLUMN_HEADER,
    [FXU_CELL_CORNER] = GTK_ACCESSIBLE_ROLE_COLUMN_HEADER,
  };
  FxuPrecisionCell *self =
    g_object_new (FXU_TYPE_PRECISION_CELL, "accessible-role", roles[kind], NULL);

  self->kind = kind;
  self->face.is_heading = kind != FXU_CELL_VALUE;
  if (self->face.is_heading)
    gtk_widget_add_css_class (GTK_WIDGET (self), "heading");
  return GTK_WIDGET (self);
}

/* TRUE if @layout showed something else. */
static gboolean
change_text (PangoLayout *layout, const char *text)
{
  if (g_strcmp0 (pango_layout_get_text (layout), text) == 0)
    return FALSE;

  set_text (layout, text != NULL ? text : "", FALSE);
  return TRUE;
}

static void
tell (FxuPrecisionCell *self)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (self);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, self->spoken, -1);
  if (self->kind == FXU_CELL_VALUE)
    gtk_accessible_update_property (accessible,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                    0.0,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                    (double)FXP_SUM_BITS_MAX,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                    (double)self->word_bits,
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                    self->reading,
                                    -1);
}

static gboolean
tell_cb (gpointer data)
{
  FxuPrecisionCell *self = data;

  self->tell_id = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

/* Measurements change many times a second, which nobody could listen to; edits are told at once. */
static void
take_words (FxuPrecisionCell *self, const FxuCellFace *face)
{
  gboolean edited =
    face->word_bits != self->word_bits || g_strcmp0 (face->spoken, self->spoken) != 0;

  if (!edited && g_strcmp0 (face->reading, self->reading) == 0)
    return;

  g_free (self->spoken);
  g_free (self->reading);
  self->spoken = g_strdup (face->spoken);
  self->reading = g_strdup (face->reading);
  self->word_bits = face->word_bits;
  if (edited)
    tell (self);
  else if (self->tell_id == 0)
    self->tell_id = g_timeout_add_seconds (1, tell_cb, self);
}

static gboolean
bars_equal (const FxuFace *a, const FxuFace *b)
{
  return a->n_bars == b->n_bars && a->filled == b->filled &&
         memcmp (a->bars, b->bars, sizeof a->bars) == 0 &&
         memcmp (a->hues, b->hues, sizeof a->hues) == 0;
}

static gboolean
slack_equal (const FxuSlack *a, const FxuSlack *b)
{
  return a->level == b->level && (a->level == FXU_SLACK_UNKNOWN || a->bits == b->bits);
}

void
fxu_precision_cell_show (FxuPrecisionCell *self, const FxuCellFace *face)
{
  FxuFace old;
  gboolean changed;
  int width, height, natural, new_width, new_height;

  g_return_if_fail (FXU_IS_PRECISION_CELL (self));
  g_return_if_fail (face != NULL && face->title != NULL);

  old = self->face;
  fxu_face_measure (&self->face, &width, &height, &natural);
  changed = !g_str_equal (self->title, face->title);
  if (changed)
    {
      g_free (self->title);
      self->title = g_strdup (face->title);
      update_title (self);
    }
  changed = change_text (self->face.subtitle, face->subtitle) || changed;
  changed = change_text (self->face.note, face->note) || changed;

  if (self->face.is_shared != face->is_shared)
    {
      self->face.is_shared = face->is_shared;
      gtk_widget_add_css_class (GTK_WIDGET (self), "shared");
      update_title (self);
    }
  self->face.health = face->health;
  self->face.predicted = face->predicted;
  self->face.slack = face->slack;
  self->face.is_locked = face->is_locked;
  self->face.n_bars = 0;
  if (face->statistics != NULL)
    fxu_face_set_bars (&self->face, face->statistics, face->format);
  self->face.filled = (float)face->filled;

  /* Laying the window out anew is dear, and mostly the new text is as large as the old. */
  fxu_face_measure (&self->face, &new_width, &new_height, &natural);
  if (new_width != width || new_height != height)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  else if (changed || old.health != face->health || old.predicted != face->predicted ||
           old.is_locked != face->is_locked || !slack_equal (&old.slack, &face->slack) ||
           !bars_equal (&old, &self->face))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  take_words (self, face);
}

void
fxu_precision_cell_set_compact (FxuPrecisionCell *self, gboolean compact)
{
  g_return_if_fail (FXU_IS_PRECISION_CELL (self));

  self->face.is_compact = compact;
  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  set_attributes (self->face.title, title_scale (self), TRUE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

const char *
fxu_precision_cell_get_reading (FxuPrecisionCell *self)
{
  g_return_val_if_fail (FXU_IS_PRECISION_CELL (self), NULL);

  return self->reading;
}

void
fxu_precision_cell_set_selected (FxuPrecisionCell *self, FxuSelected selected)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (FXU_IS_PRECISION_CELL (self));

  if (self->selected == selected)
    return;

  self->selected = selected;
  gtk_widget_remove_css_class (widget, "chosen");
  gtk_widget_remove_css_class (widget, "among");
  if (selected == FXU_SELECTED_FULL)
    gtk_widget_add_css_class (widget, "chosen");
  else if (selected == FXU_SELECTED_PART)
    gtk_widget_add_css_class (widget, "among");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self),
                               GTK_ACCESSIBLE_STATE_SELECTED,
                               selected != FXU_SELECTED_NOT,
                               -1);
}

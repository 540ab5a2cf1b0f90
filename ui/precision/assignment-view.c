/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-view.h"
#include "precision/assignment-bar.h"
#include "precision/assignment-detail.h"
#include "precision/assignment-settings.h"
#include "precision/assignment-table.h"

#include <glib/gi18n.h>

#define DETAIL_LEAST 200

struct _FxuAssignmentView
{
  GtkWidget parent_instance;

  FxuSession *session;

  GtkWidget *box;
  GtkWidget *bar;
  GtkWidget *pages; /* a stack: "empty" or "result" */
  GtkWidget *paned;
  GtkWidget *table;
  GtkWidget *detail;
  int placed_for; /* the width for which the divider was placed */
  int placed_at;  /* where */
};

G_DEFINE_FINAL_TYPE (FxuAssignmentView, fxu_assignment_view, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
has_assignment (FxuAssignmentView *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);

  return theory != NULL && fxu_theory_get_assignment (theory) != NULL;
}

static void
changed_cb (FxuAssignmentView *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages),
                                    has_assignment (self) ? "result" : "empty");
  if (!has_assignment (self))
    self->placed_for = 0;
}

static void
selection_cb (FxuAssignmentView *self)
{
  fxu_assignment_detail_show (FXU_ASSIGNMENT_DETAIL (self->detail),
                              fxu_assignment_view_get_selected (self));
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0);
}

static void
apply_cb (FxuAssignmentView *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);

  if (theory != NULL)
    fxu_theory_apply (theory);
}

/* The table wants to be seen whole, its reasons want to be read.  Once the user has moved the
 * divider it stays, until the page has another width. */
static void
place_divider (FxuAssignmentView *self, int width)
{
  int wanted;

  if (!has_assignment (self) || (self->placed_for == width && gtk_paned_get_position (GTK_PANED (
                                                                self->paned)) != self->placed_at))
    return;

  gtk_widget_measure (self->table, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &wanted, NULL, NULL);
  self->placed_at = MIN (wanted, width - DETAIL_LEAST);
  self->placed_for = width;
  gtk_paned_set_position (GTK_PANED (self->paned), self->placed_at);
}

static void
fxu_assignment_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FxuAssignmentView *self = FXU_ASSIGNMENT_VIEW (widget);

  place_divider (self, width);
  gtk_widget_size_allocate (self->box, &(GtkAllocation){0, 0, width, height}, baseline);
}

static void
fxu_assignment_view_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  gtk_widget_measure (FXU_ASSIGNMENT_VIEW (widget)->box,
                      orientation,
                      for_size,
                      minimum,
                      natural,
                      minimum_baseline,
                      natural_baseline);
}

static void
fxu_assignment_view_dispose (GObject *object)
{
  FxuAssignmentView *self = FXU_ASSIGNMENT_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_view_parent_class)->dispose (object);
}

static void
fxu_assignment_view_class_init (FxuAssignmentViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_assignment_view_dispose;
  widget_class->measure = fxu_assignment_view_measure;
  widget_class->size_allocate = fxu_assignment_view_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "assignmentview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[SIGNAL_SELECTED] = g_signal_new ("selected",
                                           FXU_TYPE_ASSIGNMENT_VIEW,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           0);
}

static void
fxu_assignment_view_init (FxuAssignmentView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Assigning precision"),
                                  -1);
}

static GtkWidget *
make_text (const char *text, int width_chars)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_max_width_chars (GTK_LABEL (label), width_chars);
  return label;
}

/* How sure it all is, for who wants to know. */
static GtkWidget *
make_origin (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *text =
    make_text (_ ("The paper is Sakr and Shanbhag, Per-Tensor Fixed-Point Quantization of the "
                  "Back-Propagation Algorithm (ICLR 2019). Its text could not be read in full. The "
                  "formulas are reconstructed from the authors' released code, from their earlier "
                  "paper (ICML 2017), and by derivation; where these leave a choice, it is a "
                  "setting here. README tells more."),
               46);

  gtk_popover_set_child (GTK_POPOVER (popover), text);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  /* translators: short; the formulas are, as the paper could not be read in full */
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("reconstructed"));
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_widget_set_tooltip_text (button, _ ("How sure the formulas are"));
  return button;
}

static GtkWidget *
make_empty (void)
{
  GtkWidget *text =
    make_text (_ ("Assign finds a near-minimal word length for every tensor, in closed form and "
                  "without trial runs, so that fixed-point training follows the float network. It "
                  "needs what is recorded of a float network while it trains: the float twin of "
                  "this run, after an epoch or more, or a float run of its own."),
               60);

  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_LEFT);
  gtk_widget_set_halign (text, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (text, "empty");
  return text;
}

static GtkWidget *
make_result (FxuAssignmentView *self)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);

  self->paned = paned;
  self->table = fxu_assignment_table_new (self->session);
  self->detail = fxu_assignment_detail_new (self->session);
  gtk_widget_set_size_request (self->detail, DETAIL_LEAST, -1);
  gtk_paned_set_start_child (GTK_PANED (paned), self->table);
  gtk_paned_set_end_child (GTK_PANED (paned), self->detail);
  gtk_paned_set_resize_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), TRUE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  g_signal_connect_object (self->table,
                           "selection-changed",
                           G_CALLBACK (selection_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  return paned;
}

static void
build (FxuAssignmentView *self)
{
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *origin = make_origin ();

  self->bar = fxu_assignment_bar_new (self->session);
  gtk_widget_set_hexpand (self->bar, TRUE);
  gtk_widget_set_valign (origin, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (first), self->bar);
  gtk_box_append (GTK_BOX (first), origin);
  self->pages = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->pages), make_empty (), "empty");
  gtk_stack_add_named (GTK_STACK (self->pages), make_result (self), "result");
  gtk_widget_set_vexpand (self->pages, TRUE);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 5);
  gtk_box_append (GTK_BOX (self->box), first);
  gtk_box_append (GTK_BOX (self->box), fxu_assignment_settings_new (self->session));
  gtk_box_append (GTK_BOX (self->box), self->pages);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_assignment_view_new (FxuSession *session)
{
  FxuAssignmentView *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_VIEW, NULL);
  self->session = g_object_ref (session);
  build (self);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  changed_cb (self);
  return GTK_WIDGET (self);
}

FxpTensorId
fxu_assignment_view_get_selected (FxuAssignmentView *self)
{
  g_return_val_if_fail (FXU_IS_ASSIGNMENT_VIEW (self), (FxpTensorId){0});

  return fxu_assignment_table_get_selected (FXU_ASSIGNMENT_TABLE (self->table));
}

void
fxu_assignment_view_select (FxuAssignmentView *self, FxpTensorId id)
{
  g_return_if_fail (FXU_IS_ASSIGNMENT_VIEW (self));

  fxu_assignment_table_select (FXU_ASSIGNMENT_TABLE (self->table), id);
}

char *
fxu_assignment_view_describe (FxuAssignmentView *self)
{
  g_autofree char *lines = NULL;
  g_autofree char *detail = NULL;

  g_return_val_if_fail (FXU_IS_ASSIGNMENT_VIEW (self), NULL);

  if (!has_assignment (self))
    return g_strdup ("");
  lines = fxu_assignment_table_describe (FXU_ASSIGNMENT_TABLE (self->table));
  detail = fxu_assignment_detail_describe (FXU_ASSIGNMENT_DETAIL (self->detail));
  return g_strdup_printf ("%s\n%s\n%s",
                          fxu_assignment_bar_get_text (FXU_ASSIGNMENT_BAR (self->bar)),
                          lines,
                          detail);
}

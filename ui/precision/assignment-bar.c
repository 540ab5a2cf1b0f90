/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-bar.h"
#include "precision/assignment-text.h"
#include "precision/health.h"

#include <glib/gi18n.h>

struct _FxuAssignmentBar
{
  GtkWidget parent_instance;

  FxuSession *session;

  GtkWidget *box;
  GtkWidget *begin; /* a stack: "idle" or "busy" */
  GtkWidget *assign;
  GtkWidget *progress;
  GtkWidget *apply;
  GtkWidget *result;
};

G_DEFINE_FINAL_TYPE (FxuAssignmentBar, fxu_assignment_bar, GTK_TYPE_WIDGET)

static FxuTheory *
get_theory (FxuAssignmentBar *self)
{
  return fxu_session_get_theory (self->session);
}

static void
assign (FxuAssignmentBar *self, FxuTheorySource source)
{
  if (get_theory (self) != NULL)
    fxu_theory_assign (get_theory (self), source);
}

/* The run serves if it can: nothing needs to be trained then. */
static void
assign_cb (FxuAssignmentBar *self)
{
  FxuTheory *theory = get_theory (self);

  if (theory != NULL)
    assign (self, fxu_theory_can_use_run (theory) ? FXU_THEORY_FROM_RUN : FXU_THEORY_FROM_BASELINE);
}

static void
from_run_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  assign (FXU_ASSIGNMENT_BAR (widget), FXU_THEORY_FROM_RUN);
}

static void
from_baseline_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  assign (FXU_ASSIGNMENT_BAR (widget), FXU_THEORY_FROM_BASELINE);
}

static void
cancel_cb (FxuAssignmentBar *self)
{
  if (get_theory (self) != NULL)
    fxu_theory_cancel (get_theory (self));
}

static void
apply_cb (FxuAssignmentBar *self)
{
  if (get_theory (self) != NULL)
    fxu_theory_apply (get_theory (self));
}

/* Made when it is opened, as it tells how far the run is. */
static void
make_menu_cb (GtkMenuButton *button, gpointer data)
{
  FxuAssignmentBar *self = data;
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  guint epochs = fxp_experiment_get_settings (fxu_session_get_experiment (self->session))->epochs;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *from_run =
    g_strdup_printf (_ ("From this run as it is, at epoch %.0f"),
                     snapshot != NULL ? fxp_snapshot_get_epoch (snapshot) : 0.0);
  g_autofree char *from_baseline =
    g_strdup_printf (ngettext ("From a float run of its own over %u epoch",
                               "From a float run of its own over %u epochs",
                               epochs),
                     epochs);

  gtk_widget_action_set_enabled (GTK_WIDGET (self),
                                 "assignment.from-run",
                                 get_theory (self) != NULL &&
                                   fxu_theory_can_use_run (get_theory (self)));
  g_menu_append (menu, from_run, "assignment.from-run");
  g_menu_append (menu, from_baseline, "assignment.from-baseline");
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static char *
describe_source (FxuTheory *theory)
{
  double epoch = fxu_theory_get_epoch (theory);

  if (fxu_theory_get_source (theory) == FXU_THEORY_FROM_RUN)
    return g_strdup_printf (_ ("from this run at epoch %.0f"), epoch);
  return g_strdup_printf (_ ("from a float run over %.0f epochs"), epoch);
}

/* As markup: small shares are written with "<". */
static char *
mark_up_share (double share)
{
  g_autofree char *text = fxu_share_to_string (share);

  return g_markup_escape_text (text, -1);
}

static char *
describe_result (FxuAssignmentBar *self)
{
  FxuTheory *theory = get_theory (self);
  FxpAssignment *assignment = theory != NULL ? fxu_theory_get_assignment (theory) : NULL;
  FxpTopology *topology = fxp_experiment_get_topology (fxu_session_get_experiment (self->session));
  FxpMismatch mismatch;
  FxpTensorId least;
  g_autofree char *measured = NULL;
  g_autofree char *bound = NULL;
  g_autofree char *gain = NULL;
  g_autofree char *name = NULL;
  g_autofree char *source = NULL;

  if (assignment == NULL)
    return g_strdup ("");
  mismatch = fxu_theory_get_mismatch (theory);
  least = fxp_assignment_get_min_tensor (assignment);
  measured = mismatch.n > 0 ? mark_up_share (fxp_mismatch_get_share (&mismatch)) : g_strdup ("…");
  bound = mark_up_share (fxp_assignment_get_bound (assignment));
  gain = fxu_assignment_text_number (fxp_assignment_get_min_gain (assignment));
  name = fxp_topology_get_name (topology, least.layer);
  source = describe_source (theory);
  /* translators: measured probability of a mismatch and its bound; least bits; least noise gain and
   * the tensor that has it; where the statistics come from.  Pango markup */
  return g_strdup_printf (_ ("<b>p<sub>m</sub> %s</b> measured, bound %s · B<sub>min</sub> %d · "
                             "E<sub>min</sub> %s (%s %s) · %s"),
                          measured,
                          bound,
                          fxp_assignment_get_least_bits (assignment),
                          gain,
                          name,
                          fxp_role_get_symbol (least.role),
                          source);
}

static void
show_progress (FxuAssignmentBar *self)
{
  double share = 0.0;
  FxuTheoryActivity activity = get_theory (self) != NULL
                                 ? fxu_theory_get_activity (get_theory (self), &share)
                                 : FXU_THEORY_IDLE;
  g_autofree char *text = NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->begin),
                                    activity == FXU_THEORY_IDLE ? "idle" : "busy");
  if (activity == FXU_THEORY_IDLE)
    return;
  text = g_strdup_printf (activity == FXU_THEORY_BASELINE ? _ ("Float run, %.0f %%")
                                                          : _ ("Noise gains, %.0f %%"),
                          100.0 * share);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), share);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text,
                                  -1);
}

static void
update (FxuAssignmentBar *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpAssignment *assignment =
    get_theory (self) != NULL ? fxu_theory_get_assignment (get_theory (self)) : NULL;
  g_autofree char *text = describe_result (self);

  gtk_label_set_markup (GTK_LABEL (self->result), text);
  gtk_widget_set_sensitive (self->apply,
                            assignment != NULL &&
                              !fxp_experiment_equal (fxp_assignment_get_experiment (assignment),
                                                     experiment));
  /* What is to be done next is the one that stands out. */
  if (assignment == NULL)
    gtk_widget_add_css_class (self->assign, "suggested-action");
  else
    gtk_widget_remove_css_class (self->assign, "suggested-action");
  if (gtk_widget_get_sensitive (self->apply))
    gtk_widget_add_css_class (self->apply, "suggested-action");
  else
    gtk_widget_remove_css_class (self->apply, "suggested-action");
  show_progress (self);
}

static void
fxu_assignment_bar_dispose (GObject *object)
{
  FxuAssignmentBar *self = FXU_ASSIGNMENT_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_bar_parent_class)->dispose (object);
}

static void
fxu_assignment_bar_class_init (FxuAssignmentBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_assignment_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmentbar");
  gtk_widget_class_install_action (widget_class, "assignment.from-run", NULL, from_run_cb);
  gtk_widget_class_install_action (widget_class,
                                   "assignment.from-baseline",
                                   NULL,
                                   from_baseline_cb);
}

static void
fxu_assignment_bar_init (FxuAssignmentBar *self)
{
}

static GtkWidget *
make_idle (FxuAssignmentBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *more = gtk_menu_button_new ();

  self->assign = gtk_button_new_with_label (_ ("Assign"));
  gtk_widget_set_tooltip_text (self->assign,
                               _ ("Find a word length for every tensor, from this run if enough is "
                                  "recorded of its float twin, else from a float run of its own"));
  g_signal_connect_swapped (self->assign, "clicked", G_CALLBACK (assign_cb), self);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (more), make_menu_cb, self, NULL);
  gtk_widget_set_tooltip_text (more, _ ("Assign from…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (more),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Assign from…"),
                                  -1);
  gtk_widget_add_css_class (box, "linked");
  gtk_box_append (GTK_BOX (box), self->assign);
  gtk_box_append (GTK_BOX (box), more);
  return box;
}

static GtkWidget *
make_busy (FxuAssignmentBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *cancel = gtk_button_new_with_label (_ ("Cancel"));

  self->progress = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (self->progress), TRUE);
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->progress, 130, -1);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (cancel_cb), self);
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), cancel);
  return box;
}

static void
build (FxuAssignmentBar *self)
{
  self->begin = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->begin), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->begin), FALSE);
  gtk_stack_add_named (GTK_STACK (self->begin), make_idle (self), "idle");
  gtk_stack_add_named (GTK_STACK (self->begin), make_busy (self), "busy");

  self->apply = gtk_button_new_with_label (_ ("Apply"));
  gtk_widget_set_tooltip_text (self->apply,
                               _ ("Put all of it in place, as one change that can be undone"));
  g_signal_connect_swapped (self->apply, "clicked", G_CALLBACK (apply_cb), self);

  self->result = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->result), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->result), 0.0f);
  gtk_label_set_width_chars (GTK_LABEL (self->result), 24);
  gtk_widget_set_hexpand (self->result, TRUE);
  gtk_widget_add_css_class (self->result, "result");

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_valign (self->begin, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->apply, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), self->begin);
  gtk_box_append (GTK_BOX (self->box), self->apply);
  gtk_box_append (GTK_BOX (self->box), self->result);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_assignment_bar_new (FxuSession *session)
{
  FxuAssignmentBar *self;
  FxuTheory *theory;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_BAR, NULL);
  self->session = g_object_ref (session);
  build (self);
  theory = fxu_session_get_theory (session);
  g_signal_connect_object (theory, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (theory, "progress", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

const char *
fxu_assignment_bar_get_text (FxuAssignmentBar *self)
{
  g_return_val_if_fail (FXU_IS_ASSIGNMENT_BAR (self), NULL);

  if (g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (self->begin)), "busy"))
    return gtk_progress_bar_get_text (GTK_PROGRESS_BAR (self->progress));
  return gtk_label_get_text (GTK_LABEL (self->result));
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-detail.h"
#include "precision/assignment-text.h"
#include "precision/matrix-text.h"

#include <glib/gi18n.h>

/* A criterion's part: what it is called, what it says, and how it came about. */
typedef struct
{
  GtkWidget *box;
  GtkWidget *heading;
  GtkWidget *verdict;
  GtkWidget *formula;
} Part;

struct _FxuAssignmentDetail
{
  GtkWidget parent_instance;

  FxuSession *session;
  FxpTensorId id;
  gboolean is_outdated;

  GtkWidget *scrolled;
  GtkWidget *title;
  GtkWidget *change;
  Part step, range;
  GtkWidget *notes;
  GtkWidget *remarks_heading;
  GtkWidget *remarks;
};

G_DEFINE_FINAL_TYPE (FxuAssignmentDetail, fxu_assignment_detail, GTK_TYPE_WIDGET)

static void
set_text (GtkWidget *label, const char *text, gboolean markup)
{
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
  if (markup)
    gtk_label_set_markup (GTK_LABEL (label), text != NULL ? text : "");
  else
    gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
}

/* @measure: "Word length", "Range". */
static void
show_part (Part *part, const char *measure, const FxpJudgement *judgement, const char *formula)
{
  g_autofree char *heading = NULL;
  g_autofree char *verdict = NULL;
  g_autofree char *typeset = NULL;

  gtk_widget_set_visible (part->box, formula != NULL || judgement->criterion != FXP_CRITERION_NONE);
  if (judgement->criterion == FXP_CRITERION_RANGE || judgement->criterion == FXP_CRITERION_NONE)
    heading = g_markup_printf_escaped ("<b>%s</b>", measure);
  else
    heading = g_markup_printf_escaped ("<b>%s: %s</b> – %s",
                                       measure,
                                       fxp_criterion_get_nick (judgement->criterion),
                                       fxp_criterion_get_name (judgement->criterion));
  if (judgement->criterion != FXP_CRITERION_NONE)
    verdict = fxu_assignment_text_describe_judgement (judgement);
  set_text (part->heading, heading, TRUE);
  set_text (part->verdict, verdict, TRUE);
  typeset = fxu_assignment_text_typeset (formula);
  set_text (part->formula, typeset, TRUE);
}

static void
show_title (FxuAssignmentDetail *self)
{
  FxpTopology *topology = fxp_experiment_get_topology (fxu_session_get_experiment (self->session));
  g_autofree char *name = fxp_topology_get_name (topology, self->id.layer);
  g_autofree char *role = g_markup_escape_text (fxu_matrix_text_get_role (self->id.role), -1);
  g_autofree char *title = g_strdup_printf ("<b>%s · %s</b>  <span alpha=\"70%%\">%s</span>",
                                            name,
                                            fxu_matrix_text_get_symbol (self->id.role),
                                            role);

  gtk_label_set_markup (GTK_LABEL (self->title), title);
}

/* The assignment that has something to say about the tensor, or NULL. */
static FxpAssignment *
get_assignment (FxuAssignmentDetail *self)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  FxpAssignment *assignment = theory != NULL ? fxu_theory_get_assignment (theory) : NULL;

  if (assignment == NULL ||
      self->id.layer >= fxp_experiment_get_n_weighted (fxu_session_get_experiment (self->session)))
    return NULL;
  return fxp_assignment_get (assignment, self->id) != NULL ? assignment : NULL;
}

static void
show_remarks (FxuAssignmentDetail *self, FxpAssignment *assignment)
{
  g_auto (GStrv) remarks = fxp_assignment_get_remarks (assignment);
  g_autofree char *text = g_strjoinv ("\n", remarks);

  set_text (self->remarks, text, FALSE);
  gtk_widget_set_visible (self->remarks_heading, *text != '\0');
}

static void
update (FxuAssignmentDetail *self)
{
  FxpAssignment *assignment = get_assignment (self);
  const FxpQuantizer *present;
  const FxpAssigned *assigned;
  g_autofree char *change = NULL;
  g_autofree char *step = NULL;
  g_autofree char *range = NULL;
  g_autofree char *notes = NULL;
  g_autofree char *typeset_notes = NULL;

  self->is_outdated = FALSE;
  if (assignment == NULL)
    return;

  assigned = fxp_assignment_get (assignment, self->id);
  present = fxp_experiment_get_quantizer (fxu_session_get_experiment (self->session), self->id);
  change = fxu_assignment_text_describe_change (present, &assigned->quantizer);
  step = fxp_assignment_explain_step (assignment, self->id);
  range = fxp_assignment_explain_range (assignment, self->id);
  notes = fxp_assignment_explain_notes (assignment, self->id);
  show_title (self);
  set_text (self->change, change, FALSE);
  show_part (&self->step, _ ("Word length"), &assigned->step, step);
  show_part (&self->range, _ ("Range"), &assigned->range, range);
  typeset_notes = fxu_assignment_text_typeset (notes);
  set_text (self->notes, typeset_notes, TRUE);
  show_remarks (self, assignment);
}

static void
changed_cb (FxuAssignmentDetail *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
  else
    self->is_outdated = TRUE;
}

static void
fxu_assignment_detail_map (GtkWidget *widget)
{
  FxuAssignmentDetail *self = FXU_ASSIGNMENT_DETAIL (widget);

  if (self->is_outdated)
    update (self);
  GTK_WIDGET_CLASS (fxu_assignment_detail_parent_class)->map (widget);
}

static void
fxu_assignment_detail_dispose (GObject *object)
{
  FxuAssignmentDetail *self = FXU_ASSIGNMENT_DETAIL (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_assignment_detail_parent_class)->dispose (object);
}

static void
fxu_assignment_detail_class_init (FxuAssignmentDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_assignment_detail_dispose;
  widget_class->map = fxu_assignment_detail_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmentdetail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_label (GtkWidget *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
add_part (Part *part, GtkWidget *box)
{
  part->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  part->heading = add_label (part->box, NULL);
  part->verdict = add_label (part->box, NULL);
  part->formula = add_label (part->box, "formula");
  gtk_box_append (GTK_BOX (box), part->box);
}

static void
fxu_assignment_detail_init (FxuAssignmentDetail *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 5);

  self->is_outdated = TRUE;
  self->title = add_label (box, NULL);
  self->change = add_label (box, NULL);
  add_part (&self->step, box);
  add_part (&self->range, box);
  self->notes = add_label (box, "notes");
  self->remarks_heading = add_label (box, "section");
  gtk_label_set_text (GTK_LABEL (self->remarks_heading), _ ("Of all of it"));
  self->remarks = add_label (box, "caption");
  gtk_widget_add_css_class (box, "content");

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled),
                                  GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Why the selected tensor has its bits"),
                                  -1);
}

GtkWidget *
fxu_assignment_detail_new (FxuSession *session)
{
  FxuAssignmentDetail *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_ASSIGNMENT_DETAIL, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (fxu_session_get_theory (session),
                           "changed",
                           G_CALLBACK (changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
fxu_assignment_detail_show (FxuAssignmentDetail *self, FxpTensorId id)
{
  g_return_if_fail (FXU_IS_ASSIGNMENT_DETAIL (self));

  self->id = id;
  changed_cb (self);
}

static void
append (GString *text, GtkWidget *label)
{
  const char *line = gtk_label_get_text (GTK_LABEL (label));

  if (*line != '\0')
    g_string_append_printf (text, "%s\n", line);
}

char *
fxu_assignment_detail_describe (FxuAssignmentDetail *self)
{
  GtkWidget *labels[] = {self->title,
                         self->change,
                         self->step.heading,
                         self->step.verdict,
                         self->step.formula,
                         self->range.heading,
                         self->range.verdict,
                         self->range.formula,
                         self->notes,
                         self->remarks};
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (FXU_IS_ASSIGNMENT_DETAIL (self), NULL);

  update (self);
  for (gsize i = 0; get_assignment (self) != NULL && i < G_N_ELEMENTS (labels); i++)
    append (text, labels[i]);
  return g_string_free (text, FALSE);
}

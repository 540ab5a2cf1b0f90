/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "assignment-report.h"

#include "quantity.h"
#include "text-table.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#define N_COLUMNS (FXP_ROLE_WEIGHT_ACC + 1) /* of the paper's matrix */

gboolean
fxa_assignment_find_next (FxpAssignment *assignment, guint *index, const FxpAssigned **assigned)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  const guint n = fxp_experiment_get_n_weighted (experiment) * FXP_N_ROLES;

  for (; *index < n; (*index)++)
    {
      const FxpTensorId id = {*index / FXP_N_ROLES, *index % FXP_N_ROLES};

      *assigned = fxp_assignment_get (assignment, id);
      if (*assigned != NULL)
        return TRUE;
    }
  return FALSE;
}

static char *
get_layer_name (const FxaAssignmentReport *self, guint layer)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (self->assignment);

  return fxp_topology_get_name (fxp_experiment_get_topology (experiment), layer);
}

static char *
format_bits (const FxpAssigned *assigned)
{
  const FxpFormat format = assigned->quantizer.format;

  return fxp_format_is_float (format) ? g_strdup (_ ("float"))
                                      : g_strdup_printf ("%u", (guint)format.word_bits);
}

static void
print_head (const FxaAssignmentReport *self)
{
  const FxpAssignmentOptions *options = fxp_assignment_get_options (self->assignment);
  FxpNoiseGains *gains = fxp_assignment_get_gains (self->assignment);
  FxpBaseline *baseline = fxp_assignment_get_baseline (self->assignment);
  const guint n_samples = fxp_noise_gains_get_n_samples (gains);
  const FxpTensorId least = fxp_assignment_get_min_tensor (self->assignment);
  g_autofree char *name = get_layer_name (self, least.layer);

  /* translators: title of an experiment, nick of a variant */
  g_print (_ ("%s: precision of every tensor, variant %s\n"),
           self->title,
           fxp_variant_get_nick (options->variant));
  g_print (_ ("baseline of %" PRIu64 " steps, looked at %u times, Jacobians %u times"),
           fxp_baseline_get_n_steps (baseline),
           fxp_baseline_get_n_looks (baseline),
           fxp_baseline_get_n_jacobians (baseline));
  g_print (ngettext ("; noise gains of %u sample\n", "; noise gains of %u samples\n", n_samples),
           n_samples);
  /* translators: ..., the tensor and the layer whose noise gain is the least */
  g_print (_ ("E_min %.3g (%s of %s), B_min %d, γ_min %.3g\n"),
           fxp_assignment_get_min_gain (self->assignment),
           fxp_role_get_symbol (least.role),
           name,
           fxp_assignment_get_least_bits (self->assignment),
           fxp_assignment_get_min_rate (self->assignment));
  g_print (_ ("p_m: target %.3g %%, bound %.3g %%, measured %.3g %% (%" PRIu64 " of %" PRIu64
              " samples)\n\n"),
           100 * options->target,
           100 * fxp_assignment_get_bound (self->assignment),
           100 * fxp_mismatch_get_share (&self->mismatch),
           self->mismatch.n_different,
           self->mismatch.n);
}

static void
print_matrix (const FxaAssignmentReport *self)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (self->assignment);
  g_autoptr (FxaTextTable) table = fxa_text_table_new (1 + N_COLUMNS, 1);

  fxa_text_table_add (table, _ ("bits"));
  for (guint role = 0; role < N_COLUMNS; role++)
    fxa_text_table_add (table, fxp_role_get_symbol (role));
  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    {
      fxa_text_table_take (table, get_layer_name (self, layer));
      for (guint role = 0; role < N_COLUMNS; role++)
        {
          const FxpAssigned *assigned =
            fxp_assignment_get (self->assignment, (FxpTensorId){layer, role});

          fxa_text_table_take (table, assigned != NULL ? format_bits (assigned) : g_strdup ("–"));
        }
    }
  fxa_text_table_print (table);
  g_print ("\n");
}

/* What was measured, that the criteria ask of this kind of tensor. */
static char *
format_statistic (const FxaAssignmentReport *self, FxpTensorId id)
{
  const FxpLayerBaseline *layer =
    fxp_baseline_get_layer (fxp_assignment_get_baseline (self->assignment), id.layer);
  const FxpJacobian jacobian = fxp_assignment_get_options (self->assignment)->jacobian;

  switch (id.role)
    {
    case FXP_ROLE_WEIGHT:
    case FXP_ROLE_ACTIVATION:
      return g_strdup_printf ("E %.3g",
                              fxp_noise_gains_get (fxp_assignment_get_gains (self->assignment),
                                                   id));
    case FXP_ROLE_WEIGHT_GRAD:
      return g_strdup_printf ("σ_max %.3g, σ_min %.3g",
                              layer->weight_grad.max,
                              layer->weight_grad.min);
    case FXP_ROLE_ACTIVATION_GRAD:
      return g_strdup_printf ("σ_max %.3g, λ %.3g",
                              layer->activation_grad.max,
                              layer->lambda[jacobian]);
    case FXP_ROLE_WEIGHT_ACC:
      return g_strdup_printf ("γ_min %.3g", fxp_assignment_get_min_rate (self->assignment));
    default:
      return NULL;
    }
}

static void
take_judgement (FxaTextTable *table, const FxpJudgement *judgement)
{
  if (judgement->criterion == FXP_CRITERION_NONE)
    {
      fxa_text_table_add (table, "–");
      fxa_text_table_add (table, "");
      return;
    }
  fxa_text_table_add (table, fxp_criterion_get_nick (judgement->criterion));
  fxa_text_table_take (table, g_strdup_printf ("%+.2f", judgement->slack));
}

static void
print_tensors (const FxaAssignmentReport *self)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (10, 4);
  const FxpAssigned *assigned;
  guint index = 0;

  fxa_text_table_add (table, _ ("layer"));
  fxa_text_table_add (table, _ ("tensor"));
  fxa_text_table_add (table, _ ("format"));
  fxa_text_table_add (table, _ ("statistic"));
  fxa_text_table_add (table, _ ("bits"));
  fxa_text_table_add (table, "log2 r");
  fxa_text_table_add (table, _ ("range"));
  fxa_text_table_add (table, _ ("slack"));
  fxa_text_table_add (table, _ ("step"));
  fxa_text_table_add (table, _ ("slack"));
  for (; fxa_assignment_find_next (self->assignment, &index, &assigned); index++)
    {
      fxa_text_table_take (table, get_layer_name (self, assigned->id.layer));
      fxa_text_table_add (table, fxp_role_get_symbol (assigned->id.role));
      fxa_text_table_take (table, fxp_format_to_string (assigned->quantizer.format));
      fxa_text_table_take (table, format_statistic (self, assigned->id));
      fxa_text_table_take (table, format_bits (assigned));
      fxa_text_table_take (table, g_strdup_printf ("%d", assigned->log2_range));
      take_judgement (table, &assigned->range);
      take_judgement (table, &assigned->step);
    }
  fxa_text_table_print (table);
  g_print (
    _ ("Slack is in bits: what range or step could spare before its criterion is broken.\n\n"));
}

static void
print_reason (const char *text)
{
  if (text != NULL)
    g_print ("  %s\n", text);
}

static void
print_reasons (const FxaAssignmentReport *self)
{
  const FxpAssigned *assigned;
  guint index = 0;

  for (; fxa_assignment_find_next (self->assignment, &index, &assigned); index++)
    {
      const FxpTensorId id = assigned->id;
      g_autofree char *name = get_layer_name (self, id.layer);
      g_autofree char *range = fxp_assignment_explain_range (self->assignment, id);
      g_autofree char *step = fxp_assignment_explain_step (self->assignment, id);
      g_autofree char *notes = fxp_assignment_explain_notes (self->assignment, id);

      /* translators: layer, tensor */
      g_print (_ ("%s, %s:\n"), name, fxp_role_get_symbol (id.role));
      print_reason (range);
      print_reason (g_strcmp0 (step, range) != 0 ? step : NULL);
      print_reason (notes);
    }
  g_print ("\n");
}

void
fxa_assignment_report_print (const FxaAssignmentReport *self)
{
  g_auto (GStrv) remarks = fxp_assignment_get_remarks (self->assignment);

  print_head (self);
  print_matrix (self);
  print_tensors (self);
  print_reasons (self);
  for (char **remark = remarks; *remark != NULL; remark++)
    g_print ("%s\n", *remark);
}

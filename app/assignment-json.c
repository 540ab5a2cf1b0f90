/* SPDX-License-Identifier: MIT */
/* The other half of assignment-report.h: an assignment as JSON. */
#include "config.h"

#include "assignment-report.h"

static const struct
{
  FxpNote note;
  const char *nick;
} notes[] = {
  {FXP_NOTE_LOCKED, "locked"},
  {FXP_NOTE_CAPPED, "capped"},
  {FXP_NOTE_FLOORED, "floored"},
  {FXP_NOTE_LEAST, "least"},
  {FXP_NOTE_OUTSIDE, "outside"},
  {FXP_NOTE_UNSEEN, "unseen"},
};

static void
add_signed (JsonBuilder *builder, const char *name, int value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static const char *
get_jacobian_nick (FxpJacobian jacobian)
{
  return jacobian == FXP_JACOBIAN_EXACT ? "exact" : "simplified";
}

static void
add_options (const FxpAssignmentOptions *options, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, "options");
  fxa_json_add_text (builder, "variant", fxp_variant_get_nick (options->variant));
  fxa_json_add_number (builder, "target", options->target);
  fxa_json_add_integer (builder, "extra_bits", options->extra_bits);
  fxa_json_add_number (builder, "smoothing", options->smoothing);
  fxa_json_add_number (builder, "range", options->gradient_range);
  fxa_json_add_number (builder, "range_margin", options->gradient_margin);
  fxa_json_add_boolean (builder, "fourth_root", options->fourth_root);
  fxa_json_add_text (builder, "jacobian", get_jacobian_nick (options->jacobian));
  fxa_json_add_integer (builder, "bits_max", options->bits_max);
  fxa_json_add_number (builder, "deviation_floor", options->deviation_floor);
  fxa_json_add_integer (builder, "input_bits", options->input_bits);
  fxa_json_add_boolean (builder, "input_counts", options->input_counts);
  json_builder_end_object (builder);
}

static void
add_spread (const FxpSpread *spread, const char *name, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, name);
  fxa_json_add_number (builder, "sigma_max", spread->max);
  fxa_json_add_number (builder, "sigma_min", spread->min);
  fxa_json_add_number (builder, "sigma_last", spread->last);
  fxa_json_add_number (builder, "sigma_peak", spread->peak);
  json_builder_end_object (builder);
}

static void
add_gain (FxpAssignment *assignment, guint layer, FxpRole role, JsonBuilder *builder)
{
  FxpNoiseGains *gains = fxp_assignment_get_gains (assignment);
  const FxpTensorId id = {layer, role};

  fxa_json_begin_object (builder, fxp_role_get_nick (role));
  fxa_json_add_number (builder, "e", fxp_noise_gains_get (gains, id));
  fxa_json_add_number (builder,
                       "contribution",
                       fxp_noise_gains_get_contribution (gains,
                                                         fxp_assignment_get_experiment (assignment),
                                                         id));
  json_builder_end_object (builder);
}

/* Everything that was measured of a layer. */
static void
add_layer (FxpAssignment *assignment, guint layer, JsonBuilder *builder)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  const FxpLayerBaseline *baseline =
    fxp_baseline_get_layer (fxp_assignment_get_baseline (assignment), layer);
  g_autofree char *name = fxp_topology_get_name (fxp_experiment_get_topology (experiment), layer);

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "layer", name);
  add_spread (&baseline->weight_grad, "weight-grad", builder);
  add_spread (&baseline->activation_grad, "activation-grad", builder);
  fxa_json_add_number (builder, "weight_peak", baseline->weight_peak);
  fxa_json_add_number (builder, "activation_max", baseline->activation_max);
  fxa_json_add_number (builder, "activation_min", baseline->activation_min);
  fxa_json_begin_object (builder, "lambda");
  for (guint jacobian = 0; jacobian < FXP_N_JACOBIANS; jacobian++)
    fxa_json_add_number (builder, get_jacobian_nick (jacobian), baseline->lambda[jacobian]);
  json_builder_end_object (builder);
  fxa_json_add_number (builder, "reflected", baseline->reflected);
  fxa_json_add_integer (builder, "n_weights", baseline->n_weights);
  fxa_json_add_integer (builder, "n_activation_grads", baseline->n_activation_grads);
  fxa_json_begin_object (builder, "gains");
  add_gain (assignment, layer, FXP_ROLE_WEIGHT, builder);
  add_gain (assignment, layer, FXP_ROLE_ACTIVATION, builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_judgement (const FxpJudgement *judgement,
               const char *name,
               const char *reason,
               JsonBuilder *builder)
{
  fxa_json_begin_object (builder, name);
  fxa_json_add_text (builder, "criterion", fxp_criterion_get_nick (judgement->criterion));
  fxa_json_add_boolean (builder,
                        "reconstructed",
                        fxp_criterion_is_reconstructed (judgement->criterion));
  fxa_json_add_number (builder, "measured", judgement->measured);
  fxa_json_add_number (builder, "limit", judgement->limit);
  fxa_json_add_number (builder, "slack_bits", judgement->slack);
  fxa_json_add_text (builder, "reason", reason);
  json_builder_end_object (builder);
}

static void
add_notes (FxpAssignment *assignment, const FxpAssigned *assigned, JsonBuilder *builder)
{
  g_autofree char *told = fxp_assignment_explain_notes (assignment, assigned->id);

  fxa_json_begin_array (builder, "notes");
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    if (assigned->notes & notes[i].note)
      json_builder_add_string_value (builder, notes[i].nick);
  json_builder_end_array (builder);
  fxa_json_add_text (builder, "notes_told", told);
}

static void
add_tensor (FxpAssignment *assignment, const FxpAssigned *assigned, JsonBuilder *builder)
{
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  const FxpQuantizer *quantizer = &assigned->quantizer;
  g_autofree char *name =
    fxp_topology_get_name (fxp_experiment_get_topology (experiment), assigned->id.layer);
  g_autofree char *format = fxp_format_to_string (quantizer->format);
  g_autofree char *range = fxp_assignment_explain_range (assignment, assigned->id);
  g_autofree char *step = fxp_assignment_explain_step (assignment, assigned->id);

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "layer", name);
  fxa_json_add_integer (builder, "row", assigned->id.layer + 1);
  fxa_json_add_text (builder, "tensor", fxp_role_get_nick (assigned->id.role));
  fxa_json_add_integer (builder, "bits", quantizer->format.word_bits);
  fxa_json_add_text (builder, "format", format);
  fxa_json_add_text (builder, "rounding", fxp_rounding_get_nick (quantizer->rounding));
  fxa_json_add_text (builder, "overflow", fxp_overflow_get_nick (quantizer->overflow));
  add_signed (builder, "log2_range", assigned->log2_range);
  add_signed (builder, "log2_step", -quantizer->format.frac_bits);
  add_judgement (&assigned->range, "range", range, builder);
  add_judgement (&assigned->step, "step", step, builder);
  add_notes (assignment, assigned, builder);
  json_builder_end_object (builder);
}

static void
add_summary (const FxaAssignmentReport *self, JsonBuilder *builder)
{
  FxpAssignment *assignment = self->assignment;
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  FxpNoiseGains *gains = fxp_assignment_get_gains (assignment);
  FxpBaseline *baseline = fxp_assignment_get_baseline (assignment);
  const FxpTensorId least = fxp_assignment_get_min_tensor (assignment);
  g_autofree char *name =
    fxp_topology_get_name (fxp_experiment_get_topology (experiment), least.layer);

  fxa_json_add_number (builder, "e_min", fxp_assignment_get_min_gain (assignment));
  fxa_json_begin_object (builder, "e_min_of");
  fxa_json_add_text (builder, "layer", name);
  fxa_json_add_text (builder, "tensor", fxp_role_get_nick (least.role));
  json_builder_end_object (builder);
  add_signed (builder, "b_min", fxp_assignment_get_least_bits (assignment));
  fxa_json_add_number (builder, "gamma_min", fxp_assignment_get_min_rate (assignment));
  fxa_json_begin_object (builder, "p_m");
  fxa_json_add_number (builder, "bound", fxp_assignment_get_bound (assignment));
  fxa_json_add_number (builder, "measured", fxp_mismatch_get_share (&self->mismatch));
  fxa_json_add_integer (builder, "samples", self->mismatch.n);
  fxa_json_add_integer (builder, "different", self->mismatch.n_different);
  json_builder_end_object (builder);
  fxa_json_begin_object (builder, "noise_gains");
  fxa_json_add_integer (builder, "samples", fxp_noise_gains_get_n_samples (gains));
  fxa_json_add_integer (builder, "ties", fxp_noise_gains_get_n_ties (gains));
  fxa_json_add_integer (builder, "capped", fxp_noise_gains_get_n_capped (gains));
  json_builder_end_object (builder);
  fxa_json_begin_object (builder, "baseline");
  fxa_json_add_integer (builder, "steps", fxp_baseline_get_n_steps (baseline));
  fxa_json_add_integer (builder, "looks", fxp_baseline_get_n_looks (baseline));
  fxa_json_add_integer (builder, "jacobians", fxp_baseline_get_n_jacobians (baseline));
  json_builder_end_object (builder);
}

void
fxa_assignment_report_add_json (const FxaAssignmentReport *self, JsonBuilder *builder)
{
  g_auto (GStrv) remarks = fxp_assignment_get_remarks (self->assignment);
  const FxpAssigned *assigned;
  guint index = 0;

  add_options (fxp_assignment_get_options (self->assignment), builder);
  add_summary (self, builder);
  fxa_json_begin_array (builder, "layers");
  for (guint i = 0; i < fxp_baseline_get_n_layers (fxp_assignment_get_baseline (self->assignment));
       i++)
    add_layer (self->assignment, i, builder);
  json_builder_end_array (builder);
  fxa_json_begin_array (builder, "tensors");
  for (; fxa_assignment_find_next (self->assignment, &index, &assigned); index++)
    add_tensor (self->assignment, assigned, builder);
  json_builder_end_array (builder);
  fxa_json_begin_array (builder, "remarks");
  for (char **remark = remarks; *remark != NULL; remark++)
    json_builder_add_string_value (builder, *remark);
  json_builder_end_array (builder);
}

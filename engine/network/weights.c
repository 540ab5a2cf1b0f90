/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-clustered-private.h"
#include "tensor/stopwatch-private.h"

/* The tensors of batch normalization and of momentum are the last ones, so that plain rows are
 * spared the counting of what they do not have. */
static void
limit_roles (FxpWeights *self)
{
  gboolean has_more = self->normalizer != NULL || self->momentum != NULL;

  self->n_roles = has_more ? FXP_N_ROLES : FXP_ROLE_BIAS + 1;
}

FxpWeights *
fxp_weights_new (guint layer, const FxpShape *shape, gsize n_pixels, gboolean is_normalized)
{
  FxpWeights *self = g_new0 (FxpWeights, 1);

  for (guint role = 0; role < FXP_N_ROLES; role++)
    fxp_cell_init (&self->cells[role], layer, role);
  self->sum = FXP_SUM_REGISTER_EXACT;
  self->n_units = shape->dim[0];
  self->n_inputs = fxp_shape_get_n (shape) / shape->dim[0];
  self->n_pixels = n_pixels;
  self->weight = fxp_tensor_new (shape, FXP_FORMAT_FLOAT);
  self->residue = fxp_tensor_new (shape, FXP_FORMAT_FLOAT);
  self->gradient = fxp_tensor_new (shape, FXP_FORMAT_FLOAT);
  self->moved = g_new0 (guint8, self->weight->n);
  if (is_normalized)
    self->normalizer =
      fxp_normalizer_new (&self->cells[FXP_ROLE_GAMMA], &self->cells[FXP_ROLE_BETA], self->n_units);
  else
    self->bias = fxp_parameter_new (&self->cells[FXP_ROLE_BIAS], self->n_units, 0.0f);
  limit_roles (self);
  return self;
}

void
fxp_weights_free (FxpWeights *self)
{
  if (self == NULL)
    return;

  fxp_tensor_free (self->weight);
  fxp_tensor_free (self->residue);
  fxp_tensor_free (self->gradient);
  fxp_tensor_free (self->momentum);
  g_free (self->moved);
  fxp_clustered_weights_free (self->clustered);
  fxp_parameter_free (self->bias);
  fxp_normalizer_free (self->normalizer);
  g_free (self);
}

gboolean
fxp_weights_clips_words (const FxpWeights *self)
{
  const FxpFormat format = self->cells[FXP_ROLE_WEIGHT].quantizer.format;

  return self->clips && (fxp_format_get_min (format) < -1.0 || fxp_format_get_max (format) > 1.0);
}

static FxpScalingOptions
get_scaling (const FxpWeights *self, FxpScaling rule, FxpRole role)
{
  FxpScalingOptions options;

  fxp_scaling_options_init (&options, rule);
  options.is_parameter = role == FXP_ROLE_WEIGHT || role == FXP_ROLE_WEIGHT_ACC ||
                         role == FXP_ROLE_BIAS || role == FXP_ROLE_GAMMA || role == FXP_ROLE_BETA;
  options.period = self->scaling_period;
  options.overflow_max = self->scaling_overflow;
  return options;
}

/* The sums of products are counted in steps of the operands, so a change of either makes a new
 * peak. */
static gboolean
set_quantizers (FxpWeights *self, const FxpLayerPrecision *precision)
{
  FxpRole gradient = self->normalizer != NULL ? FXP_ROLE_NORM_GRAD : FXP_ROLE_ACTIVATION_GRAD;
  gboolean words_change = FALSE;
  gboolean sums_change = !fxp_sum_register_equal (&self->sum, &precision->sum);
  FxpQuantizer before[FXP_N_ROLES];

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpScalingOptions scaling = get_scaling (self, precision->scalings[role], role);

      before[role] = self->cells[role].quantizer;
      fxp_cell_set_quantizer (&self->cells[role], &precision->quantizers[role], &scaling);
    }
  fxp_weights_follow_weight (self);
  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      if (fxp_quantizer_equal (&self->cells[role].quantizer, &before[role]))
        continue;
      if (role == FXP_ROLE_WEIGHT || role == FXP_ROLE_WEIGHT_ACC)
        words_change = TRUE;
      if (role == FXP_ROLE_WEIGHT || role == FXP_ROLE_ACTIVATION || role == gradient)
        sums_change = TRUE;
    }
  self->sum = precision->sum;
  if (sums_change)
    self->sum_counts = (FxpSumCounts){0};
  if (words_change)
    self->update_counts = (FxpUpdateCounts){0};
  return words_change;
}

void
fxp_weights_set_momentum (FxpWeights *self, gboolean has_momentum)
{
  FxpCell *cell = &self->cells[FXP_ROLE_MOMENTUM];

  if (!has_momentum)
    {
      g_clear_pointer (&self->momentum, fxp_tensor_free);
      fxp_cell_clear_statistics (cell);
    }
  else if (self->momentum == NULL)
    self->momentum = fxp_tensor_new (&self->weight->shape, cell->quantizer.format);
  limit_roles (self);
  if (self->bias != NULL)
    fxp_parameter_set_momentum (self->bias, has_momentum);
  if (self->normalizer == NULL)
    return;
  fxp_parameter_set_momentum (self->normalizer->gamma, has_momentum);
  fxp_parameter_set_momentum (self->normalizer->beta, has_momentum);
}

void
fxp_weights_set_clip (FxpWeights *self, gboolean clips)
{
  self->clips = clips;
  if (self->bias != NULL)
    self->bias->clips = clips;
  if (self->normalizer != NULL)
    self->normalizer->gamma->clips = self->normalizer->beta->clips = clips;
}

void
fxp_weights_set_scaling (FxpWeights *self, guint period, double overflow_max)
{
  self->scaling_period = period;
  self->scaling_overflow = overflow_max;
}

void
fxp_weights_set_precision (FxpWeights *self,
                           const FxpLayerPrecision *precision,
                           const FxpStep *step)
{
  const FxpQuantizer *gradient = &self->cells[FXP_ROLE_WEIGHT_GRAD].quantizer;

  if (set_quantizers (self, precision))
    fxp_weights_split_anew (self, step);
  if (!fxp_format_equal (self->gradient->format, gradient->format))
    fxp_tensor_take (self->gradient, fxp_tensor_new (&self->gradient->shape, gradient->format));
  fxp_weights_convert_momentum (self, step);
}

void
fxp_weights_refresh (FxpWeights *self)
{
  self->has_changed = TRUE;
  if (self->bias != NULL)
    fxp_parameter_refresh (self->bias);
  if (self->normalizer == NULL)
    return;
  fxp_parameter_refresh (self->normalizer->gamma);
  fxp_parameter_refresh (self->normalizer->beta);
}

const FxpTensor *
fxp_weights_get_learnt (const FxpWeights *self, FxpLearnt what)
{
  const FxpNormalizer *normalizer = self->normalizer;

  switch (what)
    {
    case FXP_LEARNT_WEIGHT:
      return self->weight;
    case FXP_LEARNT_WEIGHT_ACC:
      return self->residue;
    case FXP_LEARNT_MOMENTUM:
      return self->momentum;
    case FXP_LEARNT_BIAS:
      return self->bias == NULL ? NULL : self->bias->masters;
    case FXP_LEARNT_BIAS_MOMENTUM:
      return self->bias == NULL ? NULL : self->bias->momentum;
    case FXP_LEARNT_GAMMA:
      return normalizer == NULL ? NULL : normalizer->gamma->masters;
    case FXP_LEARNT_GAMMA_MOMENTUM:
      return normalizer == NULL ? NULL : normalizer->gamma->momentum;
    case FXP_LEARNT_BETA:
      return normalizer == NULL ? NULL : normalizer->beta->masters;
    case FXP_LEARNT_BETA_MOMENTUM:
      return normalizer == NULL ? NULL : normalizer->beta->momentum;
    case FXP_LEARNT_MEAN:
      return normalizer == NULL ? NULL : normalizer->mean;
    case FXP_LEARNT_VARIANCE:
      return normalizer == NULL ? NULL : normalizer->variance;
    case FXP_N_LEARNT:
    default:
      g_return_val_if_reached (NULL);
    }
}

FxpMatrix
fxp_weights_get_matrix (const FxpWeights *self)
{
  const FxpTensor *used = fxp_weights_get_used (self);

  return (FxpMatrix){used->data, used->format, self->n_inputs, 1};
}

FxpMatrix
fxp_weights_get_transpose (const FxpWeights *self)
{
  const FxpTensor *used = fxp_weights_get_used (self);

  return (FxpMatrix){used->data, used->format, 1, self->n_inputs};
}

void
fxp_weights_multiply (FxpWeights *self,
                      const FxpPass *pass,
                      const FxpMatrix *a,
                      const FxpMatrix *b,
                      const gsize size[3],
                      double *out,
                      gsize out_stride)
{
  FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);

  fxp_matmul (a,
              b,
              size[0],
              size[1],
              size[2],
              &self->sum,
              out,
              out_stride,
              pass->scratch,
              pass->team,
              &self->step_sum_counts);
  fxp_stopwatch_enter (stage);
}

void
fxp_weights_form_sums (const FxpWeights *self,
                       const FxpPass *pass,
                       const FxpMatrix *a,
                       const FxpMatrix *b,
                       const gsize size[3],
                       gint32 *sums)
{
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);

  fxp_matmul_form_sums (a, b, size[0], size[1], size[2], sums, pass->scratch, pass->team);
  fxp_stopwatch_enter (stage);
}

const double *
fxp_weights_quantize_bias (FxpWeights *self, const FxpPass *pass)
{
  return self->bias == NULL ? NULL : fxp_parameter_quantize (self->bias, pass);
}

void
fxp_weights_begin_step (FxpWeights *self)
{
  for (guint role = 0; role < self->n_roles; role++)
    {
      self->cells[role].counts = (FxpQuantizeCounts){0};
      self->cells[role].sight = (FxpRangeSight){0};
    }
  self->step_sum_counts = (FxpSumCounts){0};
  self->step_update_counts = (FxpUpdateCounts){0};
}

void
fxp_weights_end_step (FxpWeights *self)
{
  for (guint role = 0; role < self->n_roles; role++)
    {
      FxpCell *cell = &self->cells[role];

      fxp_quantize_counts_add (&cell->statistics.counts, &cell->counts);
    }
  fxp_sum_counts_add (&self->sum_counts, &self->step_sum_counts);
  fxp_update_counts_add (&self->update_counts, &self->step_update_counts);
}

void
fxp_weights_clear_statistics (FxpWeights *self)
{
  for (guint role = 0; role < self->n_roles; role++)
    fxp_cell_clear_statistics (&self->cells[role]);
  self->sum_counts = (FxpSumCounts){0};
  self->update_counts = (FxpUpdateCounts){0};
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"
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

/* Whole words being split into W and W_acc, piece by piece, as they would take several times the
 * memory of the codes. */
typedef struct
{
  const FxpWeights *weights;
  FxpTensor *weight, *residue; /* what comes of them, owned */
  const FxpNoise *weight_draws, *residue_draws;
  FxpNoise weight_noise, residue_noise;
} Splitting;

static void
begin_splitting (Splitting *self, const FxpWeights *weights, const FxpStep *step, FxpStream stream)
{
  const FxpCell *weight_cell = &weights->cells[FXP_ROLE_WEIGHT];
  const FxpCell *residue_cell = &weights->cells[FXP_ROLE_WEIGHT_ACC];

  self->weights = weights;
  self->weight = fxp_tensor_new (&weights->weight->shape, weight_cell->quantizer.format);
  self->residue = fxp_tensor_new (&weights->weight->shape, residue_cell->quantizer.format);
  self->weight_draws = fxp_cell_get_noise (weight_cell, step, stream, &self->weight_noise);
  self->residue_draws = fxp_cell_get_noise (residue_cell, step, stream, &self->residue_noise);
}

static void
split_piece (const Splitting *self, double *words, gsize first, gsize n)
{
  const FxpCell *cells = self->weights->cells;
  double residues[FXP_PIECE];
  gpointer codes = fxp_tensor_at (self->weight, first);
  FxpQuantizeCounts ignored = {0};

  if (fxp_weights_clips_words (self->weights))
    for (gsize i = 0; i < n; i++)
      words[i] = fxp_clip_learnt (words[i]);
  fxp_quantizer_apply (&cells[FXP_ROLE_WEIGHT].quantizer,
                       self->weight_draws,
                       words,
                       codes,
                       first,
                       n,
                       &ignored,
                       NULL);
  if (fxp_format_is_float (self->weight->format))
    return;

  fxp_format_decode (self->weight->format, codes, n, residues);
  for (gsize i = 0; i < n; i++)
    residues[i] = words[i] - residues[i];
  fxp_quantizer_apply (&cells[FXP_ROLE_WEIGHT_ACC].quantizer,
                       self->residue_draws,
                       residues,
                       fxp_tensor_at (self->residue, first),
                       first,
                       n,
                       &ignored,
                       NULL);
}

static void
end_splitting (Splitting *self, FxpWeights *weights)
{
  fxp_tensor_take (weights->weight, self->weight);
  fxp_tensor_take (weights->residue, self->residue);
}

/* Makes W and W_acc anew of the words that they are now. */
static void
split_anew (FxpWeights *self, const FxpStep *step)
{
  double words[FXP_PIECE], residues[FXP_PIECE];
  Splitting splitting;

  begin_splitting (&splitting, self, step, FXP_STREAM_INITIALIZE);
  for (gsize first = 0; first < self->weight->n; first += FXP_PIECE)
    {
      const gsize n = MIN (self->weight->n - first, FXP_PIECE);

      fxp_format_decode (self->weight->format, fxp_tensor_at (self->weight, first), n, words);
      fxp_format_decode (self->residue->format, fxp_tensor_at (self->residue, first), n, residues);
      for (gsize i = 0; i < n; i++)
        words[i] += residues[i];
      split_piece (&splitting, words, first, n);
    }
  end_splitting (&splitting, self);
}

/* The sums of products are counted in steps of the operands, so a change of either makes a new
 * peak. */
static gboolean
set_quantizers (FxpWeights *self, const FxpLayerPrecision *precision)
{
  FxpRole gradient = self->normalizer != NULL ? FXP_ROLE_NORM_GRAD : FXP_ROLE_ACTIVATION_GRAD;
  gboolean words_change = FALSE;
  gboolean sums_change = !fxp_sum_register_equal (&self->sum, &precision->sum);

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      if (!fxp_cell_set_quantizer (&self->cells[role], &precision->quantizers[role]))
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

/* V keeps its values as far as its new format can show them. */
static void
convert_momentum (FxpWeights *self, const FxpStep *step)
{
  const FxpCell *cell = &self->cells[FXP_ROLE_MOMENTUM];
  gsize n = self->weight->n;
  g_autofree double *values = NULL;
  FxpQuantizeCounts ignored = {0};
  FxpNoise noise;

  if (self->momentum == NULL || fxp_format_equal (self->momentum->format, cell->quantizer.format))
    return;
  values = g_new (double, n);
  fxp_format_decode (self->momentum->format, self->momentum->data, n, values);
  fxp_tensor_set_format (self->momentum, cell->quantizer.format);
  fxp_quantizer_apply (&cell->quantizer,
                       fxp_cell_get_noise (cell, step, FXP_STREAM_INITIALIZE, &noise),
                       values,
                       self->momentum->data,
                       0,
                       n,
                       &ignored,
                       NULL);
}

void
fxp_weights_set_momentum (FxpWeights *self, gboolean has_momentum)
{
  FxpCell *cell = &self->cells[FXP_ROLE_MOMENTUM];

  if (!has_momentum)
    {
      g_clear_pointer (&self->momentum, fxp_tensor_free);
      fxp_statistics_clear (&cell->statistics);
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
fxp_weights_set_precision (FxpWeights *self,
                           const FxpLayerPrecision *precision,
                           const FxpStep *step)
{
  const FxpQuantizer *gradient = &self->cells[FXP_ROLE_WEIGHT_GRAD].quantizer;

  if (set_quantizers (self, precision))
    split_anew (self, step);
  if (!fxp_format_equal (self->gradient->format, gradient->format))
    fxp_tensor_take (self->gradient, fxp_tensor_new (&self->gradient->shape, gradient->format));
  convert_momentum (self, step);
}

void
fxp_weights_initialize (FxpWeights *self, double limit, guint64 seed)
{
  const FxpTensorId id = self->cells[FXP_ROLE_WEIGHT].id;
  FxpNoise noise = fxp_noise_new (seed, 0, id.layer, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE);
  const FxpStep step = {seed, 0, FALSE};
  double words[FXP_PIECE];
  Splitting splitting;

  /* The stream of the draws below would make rounding and value depend on each other. */
  begin_splitting (&splitting, self, &step, FXP_STREAM_QUANTIZE);
  for (gsize first = 0; first < self->weight->n; first += FXP_PIECE)
    {
      const gsize n = MIN (self->weight->n - first, FXP_PIECE);

      for (gsize i = 0; i < n; i++)
        words[i] = limit * (2.0 * fxp_noise_uniform (noise, (guint32)(first + i)) - 1.0);
      split_piece (&splitting, words, first, n);
    }
  end_splitting (&splitting, self);
}

void
fxp_weights_refresh (FxpWeights *self)
{
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
  return (FxpMatrix){self->weight->data, self->weight->format, self->n_inputs, 1};
}

FxpMatrix
fxp_weights_get_transpose (const FxpWeights *self)
{
  return (FxpMatrix){self->weight->data, self->weight->format, 1, self->n_inputs};
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
    self->cells[role].counts = (FxpQuantizeCounts){0};
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
    fxp_statistics_clear (&self->cells[role].statistics);
  self->sum_counts = (FxpSumCounts){0};
  self->update_counts = (FxpUpdateCounts){0};
}

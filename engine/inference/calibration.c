/* SPDX-License-Identifier: MIT */
/* Static exponents from what dynamic ones show on calibration batches. */
#include "config.h"

#include "inference/conversion.h"

#include "inference/calibration-data-private.h"
#include "inference/integer-private.h"
#include "inference/overflow-histogram-private.h"
#include "tensor/team-private.h"
#include <math.h>
#include <string.h>

typedef struct
{
  FxpModel *model; /* borrowed; nobody else has it */
  FxpCalibrationData *data;
  FxpTeam *team;
  GCancellable *cancellable;
  double *peaks;                    /* owned; greatest magnitudes of nodes */
  double *intermediate_peaks;       /* owned; and of products' sums of clusters */
  FxpOverflowHistogram *histograms; /* owned; of the input, then of nodes; NULL unless
                                     * overflow-rate */
} Calibration;

static void
calibration_clear (Calibration *self)
{
  g_free (self->peaks);
  g_free (self->intermediate_peaks);
  g_free (self->histograms);
}

static FxpInteger *
make_engine (const Calibration *self)
{
  FxpInteger *engine = fxp_integer_new (self->model, self->team);

  fxp_integer_set_dynamic (engine, TRUE);
  if (self->histograms != NULL)
    fxp_integer_keep (engine);
  return engine;
}

static void
add_codes (Calibration *self, FxpInteger *engine, int node, gsize n)
{
  const FxpModel *model = self->model;
  const FxpShape *shape = node == FXP_NODE_INPUT ? &model->input : &model->nodes[node].output;
  int exponent;
  const gint32 *codes;

  if (fxp_format_is_float (fxp_model_get_format (model, node)))
    return;
  codes = fxp_integer_get_codes (engine, node, &exponent);
  fxp_overflow_histogram_add (&self->histograms[node + 1],
                              fxp_codes_get_max (fxp_model_get_format (model, node)),
                              codes,
                              n * fxp_shape_get_n (shape),
                              exponent);
}

/* One batch; FALSE if cancelled. */
static gboolean
look (Calibration *self, FxpInteger *engine, guint batch, GError **error)
{
  fxp_calibration_data_gather (self->data, batch);
  if (!fxp_integer_run (engine, self->data->inputs, self->data->size, self->cancellable))
    {
      g_cancellable_set_error_if_cancelled (self->cancellable, error);
      return FALSE;
    }
  /* A maximum has none of its own. */
  for (guint i = 0; i < self->model->n_nodes; i++)
    {
      self->peaks[i] = fmax (self->peaks[i], fxp_integer_get_peak (engine, (int)i));
      self->intermediate_peaks[i] =
        fmax (self->intermediate_peaks[i], fxp_integer_get_intermediate_peak (engine, i));
    }
  if (self->histograms != NULL)
    for (int i = FXP_NODE_INPUT; i < (int)self->model->n_nodes; i++)
      add_codes (self, engine, i, self->data->size);
  return TRUE;
}

/* TRUE if it became another; its input has its exponent.  Sums that were all zero tell nothing. */
static gboolean
set_reduction (const Calibration *self, guint index)
{
  FxpNode *node = &self->model->nodes[index];
  const double peak = self->intermediate_peaks[index];
  const guint before = node->reduction;

  if (node->intermediate_bits > 0 && peak > 0)
    node->reduction =
      fxp_node_choose_reduction (node, peak, fxp_node_get_input_exponent (self->model, node));
  return node->reduction != before;
}

/* What was seen so far decides, of the input only the controller; @changed: some exponent became
 * another. */
static gboolean
set_exponents (Calibration *self, gboolean *changed, GError **error)
{
  FxpModel *model = self->model;

  *changed = FALSE;
  for (int i = FXP_NODE_INPUT; i < (int)model->n_nodes; i++)
    {
      const FxpFormat before = fxp_model_get_format (model, i);
      int exponent = -before.frac_bits;

      if (i != FXP_NODE_INPUT)
        *changed |= set_reduction (self, (guint)i);
      if (i != FXP_NODE_INPUT)
        exponent = fxp_model_choose_exponent (model, i, self->peaks[i]);
      if (self->histograms != NULL)
        exponent = fxp_overflow_histogram_settle (&self->histograms[i + 1], before, exponent);
      if (!fxp_model_set_exponent (model, i, exponent, error))
        return FALSE;
      *changed |= !fxp_format_equal (before, fxp_model_get_format (model, i));
    }
  return TRUE;
}

static void
forget (Calibration *self)
{
  const gsize n = self->model->n_nodes;

  memset (self->peaks, 0, n * sizeof *self->peaks);
  memset (self->intermediate_peaks, 0, n * sizeof *self->intermediate_peaks);
  if (self->histograms != NULL)
    memset (self->histograms, 0, (n + 1) * sizeof *self->histograms);
}

/* B lies on the grid of the model's exponents, and where these are far off it has too few bits: the
 * first batch is run until its exponents stay, one more node with each pass at least. */
static gboolean
settle (Calibration *self, GError **error)
{
  gboolean changed = TRUE;

  for (guint i = 0; i <= self->model->n_nodes && changed; i++)
    {
      g_autoptr (FxpInteger) engine = make_engine (self);

      forget (self);
      if (!look (self, engine, 0, error) || !set_exponents (self, &changed, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run (Calibration *self, FxpConversionProgress progress, gpointer progress_data, GError **error)
{
  const guint n_batches = self->data->n_batches;
  g_autoptr (FxpInteger) engine = NULL;
  gboolean changed;

  if (!settle (self, error))
    return FALSE;
  engine = make_engine (self);
  for (guint i = 1; i < n_batches; i++)
    {
      if (progress != NULL)
        progress ((double)i / n_batches, progress_data);
      if (!look (self, engine, i, error))
        return FALSE;
    }
  if (!set_exponents (self, &changed, error))
    return FALSE;
  if (progress != NULL)
    progress (1.0, progress_data);
  return TRUE;
}

FxpModel *
fxp_conversion_calibrate (FxpModel *model,
                          FxpDataset *dataset,
                          guint n_threads,
                          FxpConversionProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GError **error)
{
  const FxpConversionOptions *options;
  g_autoptr (FxpModel) calibrated = NULL;
  g_auto (FxpCalibrationData) data = {0};
  g_autoptr (FxpTeam) team = NULL;
  Calibration self;
  gboolean done;

  g_return_val_if_fail (model != NULL && dataset != NULL && n_threads > 0, NULL);

  options = fxp_model_get_options (model);
  if (fxp_conversion_options_is_off (options))
    return fxp_model_ref (model);
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !fxp_calibration_data_init (&data, model, dataset, options->calibration_batches, error))
    return NULL;
  calibrated = fxp_model_copy (model);
  team = fxp_team_new (n_threads);
  self = (Calibration){
    .model = calibrated,
    .data = &data,
    .team = team,
    .cancellable = cancellable,
    .peaks = g_new0 (double, calibrated->n_nodes),
    .intermediate_peaks = g_new0 (double, calibrated->n_nodes),
  };
  if (options->scaling == FXP_SCALING_OVERFLOW_RATE)
    self.histograms = g_new0 (FxpOverflowHistogram, calibrated->n_nodes + 1);
  done = fxp_calibration_data_fit_input (&data, calibrated, cancellable, error) &&
         run (&self, progress, progress_data, error);
  calibration_clear (&self);
  return done ? g_steal_pointer (&calibrated) : NULL;
}

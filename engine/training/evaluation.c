/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/elementary.h"
#include "training/evaluation-private.h"

#include <math.h>

struct _FxpEvaluation
{
  FxpInterruptFunc interrupt;
  gpointer data;
  double *inputs; /* owned; a chunk of samples */
  gsize n_features;
  guint16 labels[FXP_EVALUATION_CHUNK];
  guint32 rows[FXP_EVALUATION_CHUNK];
};

static const FxpStep evaluation_step = {.step = FXP_STEP_EVALUATION};

FxpEvaluation *
fxp_evaluation_new (FxpInterruptFunc interrupt, gpointer data)
{
  FxpEvaluation *self = g_new0 (FxpEvaluation, 1);

  self->interrupt = interrupt;
  self->data = data;
  return self;
}

void
fxp_evaluation_free (FxpEvaluation *self)
{
  if (self == NULL)
    return;

  g_free (self->inputs);
  g_free (self);
}

static void
reserve (FxpEvaluation *self, const FxpTwins *twins)
{
  gsize n_features = fxp_shape_get_n (&twins->position.input);

  if (n_features <= self->n_features)
    return;
  g_free (self->inputs);
  self->inputs = g_new (double, n_features *FXP_EVALUATION_CHUNK);
  self->n_features = n_features;
}

/* Test samples @first to @first + @n - 1 into the buffers. */
static void
gather (FxpEvaluation *self, const FxpTwins *twins, gsize first, gsize n)
{
  for (gsize i = 0; i < n; i++)
    self->rows[i] = first + i;
  fxp_dataset_gather (twins->dataset, FXP_SPLIT_TEST, self->rows, n, self->inputs, self->labels);
}

gboolean
fxp_evaluation_test (FxpEvaluation *self, const FxpTwins *twins, FxpTest *test)
{
  gsize n = fxp_dataset_get_n (twins->dataset, FXP_SPLIT_TEST);
  double loss[FXP_N_TWINS] = {0};
  guint64 n_correct[FXP_N_TWINS] = {0};
  gsize n_chunk;

  reserve (self, twins);
  for (gsize first = 0; first < n; first += n_chunk)
    {
      n_chunk = MIN (n - first, FXP_EVALUATION_CHUNK);
      if (self->interrupt (self->data))
        return FALSE;
      gather (self, twins, first, n_chunk);
      for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
        {
          FxpStepResult result;

          fxp_network_forward (twins->networks[twin], self->inputs, n_chunk, &evaluation_step);
          fxp_network_get_loss (twins->networks[twin], self->labels, &result);
          loss[twin] += result.loss * n_chunk;
          n_correct[twin] += result.n_correct;
        }
    }
  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    {
      gboolean any = n > 0 && twins->networks[twin] != NULL;

      test->loss[twin] = any ? loss[twin] / n : NAN;
      test->accuracy[twin] = any ? (double)n_correct[twin] / n : NAN;
    }
  return TRUE;
}

/* The first greatest logit and its softmax. */
static guint
find_winner (const double *logits, guint n, float *confidence)
{
  guint winner = 0;
  double sum = 0;

  for (guint i = 1; i < n; i++)
    if (logits[i] > logits[winner])
      winner = i;
  for (guint i = 0; i < n; i++)
    sum += fxp_exp (logits[i] - logits[winner]);
  *confidence = 1 / sum;
  return winner;
}

/* Predictions of one twin for the @n samples in the buffer; either array may be NULL. */
static void
predict (FxpEvaluation *self,
         FxpNetwork *network,
         gsize n,
         guint8 *classes,
         guint16 *predicted,
         float *confidence)
{
  guint n_outputs = fxp_network_get_n_outputs (network);
  const double *logits;

  fxp_network_forward (network, self->inputs, n, &evaluation_step);
  logits = fxp_network_get_logits (network);
  for (gsize i = 0; i < n; i++)
    {
      guint winner = find_winner (logits + i * n_outputs, n_outputs, &confidence[i]);

      if (classes != NULL)
        classes[i] = MIN (winner, G_MAXUINT8);
      if (predicted != NULL)
        predicted[i] = winner;
    }
}

/* Points @first to @first + @n - 1 of the grid; the top row is the greatest ordinate. */
static void
place_points (FxpEvaluation *self, const FxpField *field, gsize first, gsize n)
{
  double step = (field->max - field->min) / field->size;

  for (gsize i = 0; i < n; i++)
    {
      gsize row = (first + i) / field->size, column = (first + i) % field->size;

      self->inputs[2 * i] = field->min + (column + 0.5) * step;
      self->inputs[2 * i + 1] = field->max - (row + 0.5) * step;
    }
}

FxpField *
fxp_evaluation_make_field (FxpEvaluation *self, const FxpTwins *twins, guint size)
{
  gsize n = (gsize)size * size;
  gsize n_chunk;
  double min, max;
  FxpField *field;

  if (size == 0 || !fxp_dataset_get_plane (twins->dataset, &min, &max))
    return NULL;
  reserve (self, twins);
  field = fxp_field_new (size, twins->networks[1] != NULL);
  field->min = min;
  field->max = max;
  for (gsize first = 0; first < n; first += n_chunk)
    {
      n_chunk = MIN (n - first, FXP_EVALUATION_CHUNK);
      if (self->interrupt (self->data))
        {
          fxp_field_unref (field);
          return NULL;
        }
      place_points (self, field, first, n_chunk);
      for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
        predict (self,
                 twins->networks[twin],
                 n_chunk,
                 (guint8 *)field->classes[twin] + first,
                 NULL,
                 (float *)field->confidence[twin] + first);
    }
  return field;
}

FxpSheet *
fxp_evaluation_make_sheet (FxpEvaluation *self, const FxpTwins *twins)
{
  gsize n = MIN (fxp_dataset_get_n (twins->dataset, FXP_SPLIT_TEST), FXP_SHEET_SAMPLES);
  FxpSheet *sheet;

  if (n == 0 || !fxp_dataset_is_image (twins->dataset) || self->interrupt (self->data))
    return NULL;
  reserve (self, twins);
  gather (self, twins, 0, n);
  sheet = fxp_sheet_new (n, twins->networks[1] != NULL);
  for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
    predict (self,
             twins->networks[twin],
             n,
             NULL,
             (guint16 *)sheet->predicted[twin],
             (float *)sheet->confidence[twin]);
  return sheet;
}

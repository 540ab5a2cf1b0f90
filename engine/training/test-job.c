/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/chunk-private.h"
#include "training/prediction-private.h"
#include "training/test-job-private.h"

#include <math.h>

/* In this order. */
static const FxpSplit splits[] = {FXP_SPLIT_VALIDATION, FXP_SPLIT_TEST};

typedef struct
{
  gsize n, n_done; /* samples */
  double loss[FXP_N_TWINS];
  guint64 n_correct[FXP_N_TWINS];
  guint64 n_different; /* of which the two choose another class */
} Sums;

struct _FxpTestJob
{
  const FxpTwins *twins; /* borrowed */
  FxpChunk *chunk;       /* owned */
  Sums sums[G_N_ELEMENTS (splits)];
  FxpConfusion *confusion; /* owned, or NULL */
};

FxpTestJob *
fxp_test_job_new (const FxpTwins *twins)
{
  FxpTestJob *self = g_new0 (FxpTestJob, 1);
  guint n_outputs = fxp_network_get_n_outputs (twins->networks[0]);

  self->twins = twins;
  self->chunk = fxp_chunk_new (twins);
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    self->sums[i].n = fxp_dataset_get_n (twins->dataset, splits[i]);
  if (n_outputs <= FXP_CONFUSION_CLASSES_MAX &&
      fxp_dataset_get_n (twins->dataset, FXP_SPLIT_TEST) > 0)
    {
      self->confusion = fxp_confusion_new (n_outputs, FXP_MISTAKES_MAX, twins->networks[1] != NULL);
      self->confusion->step = twins->position.step;
    }
  return self;
}

void
fxp_test_job_free (FxpTestJob *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->confusion, fxp_picture_unref);
  fxp_chunk_free (self->chunk);
  g_free (self);
}

/* Keeps the greatest losses, greatest first; of equal ones those that come first. */
static void
add_mistake (FxpConfusion *confusion, guint twin, const FxpMistake *mistake)
{
  FxpMistake *list = (FxpMistake *)confusion->mistakes[twin];
  guint *n = &confusion->n_mistakes[twin];
  guint place;

  if (*n == FXP_MISTAKES_MAX && mistake->loss <= list[*n - 1].loss)
    return;
  if (*n < FXP_MISTAKES_MAX)
    ++*n;
  for (place = *n - 1; place > 0 && list[place - 1].loss < mistake->loss; place--)
    list[place] = list[place - 1];
  list[place] = *mistake;
}

static void
add_predictions (FxpTestJob *self, guint twin)
{
  FxpConfusion *confusion = self->confusion;
  const FxpChunk *chunk = self->chunk;
  const double *logits = fxp_network_get_logits (self->twins->networks[twin]);
  guint n_classes = confusion->n_classes;

  for (gsize i = 0; i < chunk->n; i++, logits += n_classes)
    {
      FxpPrediction prediction = fxp_prediction_make (logits, n_classes);
      guint label = chunk->labels[i];
      FxpMistake mistake = {chunk->rows[i], label, prediction.winner, prediction.confidence, 0};

      ((guint32 *)confusion->counts[twin])[label * n_classes + prediction.winner]++;
      if (prediction.winner == label)
        continue;
      mistake.loss = fxp_prediction_get_loss (&prediction, logits, label);
      /* What is no number is no better than any. */
      if (isnan (mistake.loss))
        mistake.loss = INFINITY;
      add_mistake (confusion, twin, &mistake);
    }
}

/* All samples, and those of them that are done. */
static void
count (const FxpTestJob *self, gsize *n, gsize *n_done)
{
  *n = *n_done = 0;
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      *n += self->sums[i].n;
      *n_done += self->sums[i].n_done;
    }
}

/* The forward passes of both; nothing is counted before both are through. */
static gboolean
forward_both (FxpTestJob *self)
{
  const FxpTwins *twins = self->twins;
  guint n_twins = twins->networks[1] != NULL ? FXP_N_TWINS : 1;
  gsize n, n_done;

  count (self, &n, &n_done);
  for (guint twin = 0; twin < n_twins; twin++)
    {
      double size = (double)self->chunk->n / n / n_twins;

      fxp_lookout_set_part (twins->lookout, (double)n_done / n + twin * size, size);
      if (!fxp_chunk_forward (self->chunk, twins->networks[twin]))
        return FALSE;
    }
  fxp_lookout_rest (twins->lookout, (double)(n_done + self->chunk->n) / n);
  return TRUE;
}

static void
count_different (FxpTestJob *self, Sums *sums)
{
  FxpNetwork *const *networks = self->twins->networks;
  guint n_classes = fxp_network_get_n_outputs (networks[0]);
  const double *logits[FXP_N_TWINS] = {fxp_network_get_logits (networks[0]),
                                       fxp_network_get_logits (networks[1])};

  for (gsize i = 0; i < self->chunk->n; i++)
    if (fxp_prediction_find_winner (logits[0] + i * n_classes, n_classes) !=
        fxp_prediction_find_winner (logits[1] + i * n_classes, n_classes))
      sums->n_different++;
}

static gboolean
advance_split (FxpTestJob *self, FxpSplit split, Sums *sums)
{
  const FxpTwins *twins = self->twins;

  fxp_chunk_gather (self->chunk, twins->dataset, split, sums->n_done);
  if (!forward_both (self))
    return FALSE;
  for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
    {
      FxpStepResult result;

      fxp_network_get_loss (twins->networks[twin], self->chunk->labels, &result);
      sums->loss[twin] += result.loss * self->chunk->n;
      sums->n_correct[twin] += result.n_correct;
      if (split == FXP_SPLIT_TEST && self->confusion != NULL)
        add_predictions (self, twin);
    }
  if (twins->networks[1] != NULL)
    count_different (self, sums);
  sums->n_done += self->chunk->n;
  return TRUE;
}

gboolean
fxp_test_job_advance (FxpTestJob *self)
{
  if (fxp_lookout_ask (self->twins->lookout))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    if (self->sums[i].n_done < self->sums[i].n)
      return advance_split (self, splits[i], &self->sums[i]);
  return TRUE;
}

gboolean
fxp_test_job_is_done (const FxpTestJob *self)
{
  gsize n, n_done;

  count (self, &n, &n_done);
  return n_done == n;
}

static FxpScore
get_score (const FxpTestJob *self, const Sums *sums)
{
  FxpScore score;

  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    {
      gboolean any = sums->n_done > 0 && self->twins->networks[twin] != NULL;

      score.loss[twin] = any ? sums->loss[twin] / sums->n_done : NAN;
      score.accuracy[twin] = any ? (double)sums->n_correct[twin] / sums->n_done : NAN;
    }
  score.mismatch = sums->n_done > 0 && self->twins->networks[1] != NULL
                     ? (double)sums->n_different / sums->n_done
                     : NAN;
  return score;
}

void
fxp_test_job_get_test (const FxpTestJob *self, FxpTest *test)
{
  test->validation = get_score (self, &self->sums[0]);
  test->test = get_score (self, &self->sums[1]);
}

FxpConfusion *
fxp_test_job_steal_confusion (FxpTestJob *self)
{
  if (self->confusion != NULL)
    self->confusion->n = self->sums[1].n_done;
  return g_steal_pointer (&self->confusion);
}

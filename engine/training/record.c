/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/record-private.h"

#include <math.h>

const FxpTest fxp_no_test = {{{NAN, NAN}, {NAN, NAN}, NAN}, {{NAN, NAN}, {NAN, NAN}, NAN}};

static void
fill_record (FxpRecord *record, const FxpTwins *twins)
{
  const FxpSettings *settings = fxp_experiment_get_settings (twins->experiment);
  const FxpInterval *interval = &twins->position.interval;
  double loss[FXP_N_TWINS], accuracy[FXP_N_TWINS];

  for (guint twin = 0; twin < FXP_N_TWINS; twin++)
    {
      gboolean any = interval->n_steps > 0 && twins->networks[twin] != NULL;

      loss[twin] = any ? interval->loss[twin] / interval->n_steps : NAN;
      accuracy[twin] = any ? (double)interval->n_correct[twin] / interval->n_samples : NAN;
    }
  *record = (FxpRecord){
    .step = twins->position.step,
    .epoch = fxp_twins_get_epoch (twins),
    .loss_fixed = loss[0],
    .loss_float = loss[1],
    .train_accuracy_fixed = accuracy[0],
    .train_accuracy_float = accuracy[1],
    .rate = fxp_settings_get_rate (settings, MAX (twins->position.step, 1) - 1),
  };
}

static float
get_share (guint64 part, guint64 n)
{
  return n > 0 ? (double)part / n : NAN;
}

static FxpTensorRecord
make_cell (const FxpTwins *twins, guint index)
{
  FxpTensorId id = {index / FXP_N_ROLES, index % FXP_N_ROLES};
  const FxpFormat format = fxp_network_get_format (twins->networks[0], id);
  const FxpTensorSums *sums = &twins->ledger.tensor_sums[index];
  const FxpStatistics seen = {.sum_squares = sums->signal,
                              .noise = sums->noise,
                              .n_first = sums->n_first,
                              .sum_first = sums->sum_first};

  if (fxp_format_is_float (format))
    return (FxpTensorRecord){.sqnr_db = NAN, .overflowed = NAN, .bias = NAN};
  return (FxpTensorRecord){
    .sqnr_db = fxp_statistics_get_sqnr_db (&seen),
    .word_bits = format.word_bits,
    .overflowed = get_share (sums->n_overflowed, sums->n),
    .frac_bits = format.frac_bits,
    .bias = fxp_statistics_get_bias (&seen, format),
  };
}

FxpDraftRecord *
fxp_draft_record_new (FxpTwins *twins)
{
  FxpDraftRecord *self = g_new0 (FxpDraftRecord, 1);
  guint n_weighted = fxp_experiment_get_n_weighted (twins->experiment);

  fxp_twins_gather (twins);
  fill_record (&self->record, twins);
  fxp_draft_record_set_test (self, &fxp_no_test);
  self->cells = g_new (FxpTensorRecord, n_weighted * FXP_N_ROLES);
  for (guint i = 0; i < n_weighted * FXP_N_ROLES; i++)
    self->cells[i] = make_cell (twins, i);
  self->layers = g_new (FxpLayerRecord, n_weighted);
  for (guint i = 0; i < n_weighted; i++)
    {
      const FxpLayerSums *sums = &twins->ledger.layer_sums[i];

      self->layers[i] = (FxpLayerRecord){.lost = get_share (sums->n_lost, sums->n),
                                         .stopped = get_share (sums->n_stopped, sums->n)};
    }
  return self;
}

void
fxp_draft_record_free (FxpDraftRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->cells);
  g_free (self->layers);
  g_free (self);
}

void
fxp_draft_record_set_test (FxpDraftRecord *self, const FxpTest *test)
{
  FxpRecord *record = &self->record;

  record->test_accuracy_fixed = test->test.accuracy[0];
  record->test_accuracy_float = test->test.accuracy[1];
  record->test_loss_fixed = test->test.loss[0];
  record->test_loss_float = test->test.loss[1];
  record->mismatch = test->test.mismatch;
  record->validation_accuracy_fixed = test->validation.accuracy[0];
  record->validation_accuracy_float = test->validation.accuracy[1];
  record->validation_loss_fixed = test->validation.loss[0];
  record->validation_loss_float = test->validation.loss[1];
}

void
fxp_draft_record_add_to (FxpDraftRecord *self, FxpSnapshot *snapshot)
{
  fxp_snapshot_add_record (snapshot, &self->record, self->cells, self->layers);
  fxp_draft_record_free (self);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/pass-private.h"

/* Some hundredths of a millisecond: in small networks asking would take a part of each product. */
#define WORK_BETWEEN_QUESTIONS 1e5

gboolean
fxp_pass_tick (const FxpPass *self, double work)
{
  FxpWatch *watch = self->watch;

  watch->done += work;
  if (watch->func != NULL && !watch->given_up &&
      watch->done - watch->asked >= WORK_BETWEEN_QUESTIONS)
    {
      watch->asked = watch->done;
      watch->given_up = watch->func (MIN (watch->done / watch->total, 1.0), watch->data);
    }
  return watch->given_up;
}

static void
run_range (gpointer data, gsize first, gsize last)
{
  FxpPieces *self = data;
  FxpTally tally = {0};

  for (gsize piece = first; piece < last; piece++)
    {
      gsize begin = piece * self->length;

      self->func (self, self->first + begin, MIN (self->length, self->n - begin), &tally);
    }
  self->tallies[first] = tally;
}

static void
add_tally (FxpTally *self, const FxpTally *other)
{
  fxp_quantize_counts_add (&self->first, &other->first);
  fxp_quantize_counts_add (&self->second, &other->second);
  fxp_quantize_counts_add (&self->third, &other->third);
  fxp_sum_counts_add (&self->sums, &other->sums);
  fxp_update_counts_add (&self->updates, &other->updates);
  self->peak = MAX (self->peak, other->peak);
  self->n_nonfinite += other->n_nonfinite;
}

void
fxp_pieces_run (FxpPieces *self, gsize n, const FxpPass *pass, FxpTally *total)
{
  FxpTeam *team = pass->step.probe ? NULL : pass->team;
  gsize n_pieces;

  if (self->length == 0)
    self->length = FXP_PIECE;
  n_pieces = (n + self->length - 1) / self->length;
  self->n = n;
  if (n_pieces <= 1 || fxp_team_leaves_alone (team, n * FXP_TEAM_QUANTIZE_WORK))
    {
      self->tallies = total;
      run_range (self, 0, n_pieces);
      return;
    }
  /* A range leaves its tally where it begins: no two share a place and none needs a lock. */
  self->tallies = fxp_scratch_get (pass->scratch, FXP_SLOT_TALLIES, n_pieces * sizeof (FxpTally));
  memset (self->tallies, 0, n_pieces * sizeof (FxpTally));
  fxp_team_run (team, n_pieces, 1, n * FXP_TEAM_QUANTIZE_WORK, run_range, self);
  *total = (FxpTally){0};
  for (gsize i = 0; i < n_pieces; i++)
    add_tally (total, &self->tallies[i]);
}

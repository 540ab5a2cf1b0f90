/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "comparison.h"

#include "cli.h"
#include "cost-report.h"
#include "headless-run.h"
#include "quantity.h"
#include "text-table.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

/* More epochs and steps than any run has: nobody looks at the figures on the way. */
#define NEVER "1000000000"

/* One system. */
typedef struct
{
  char *name;          /* owned, upper case */
  FxpCostTable *costs; /* owned; NULL before the first run */
  double *errors; /* owned; of each seed, a share of the test data; NaN where nothing is known */
  double clipped; /* greatest share of a layer's G_W beyond its range, of all seeds; NaN: float */
  guint64 n_stopped; /* accumulators that stopped, over all steps and seeds */
  guint n_diverged;
} Row;

struct _FxaComparison
{
  FxpExperiment *experiment; /* owned */
  guint n_seeds;
  GPtrArray *rows; /* owned, of Row * */
};

static void
row_free (Row *self)
{
  g_free (self->name);
  g_clear_pointer (&self->costs, fxp_cost_table_free);
  g_free (self->errors);
  g_free (self);
}

gboolean
fxa_comparison_check (const char *command, const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  g_autoptr (FxpExperiment) any = fxp_experiment_new ();

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) system = fxp_system_apply (any, g_strstrip (*name), &error);

      if (system != NULL)
        continue;
      fxa_cli_fail_text (FXA_EXIT_USAGE, "%s: --compare: %s", command, error->message);
      return FALSE;
    }
  if (names[0] != NULL)
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE,
                     _ ("%s: --compare: the list is empty, expected one such as BN,SQ,TG"),
                     command);
  return FALSE;
}

static void
add_row (FxaComparison *self, const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *name = g_ascii_strup (trimmed, -1);
  Row *row;

  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (((Row *)self->rows->pdata[i])->name, name))
      return;
  row = g_new0 (Row, 1);
  row->name = g_steal_pointer (&name);
  row->errors = g_new (double, self->n_seeds);
  row->clipped = NAN;
  for (guint i = 0; i < self->n_seeds; i++)
    row->errors[i] = NAN;
  g_ptr_array_add (self->rows, row);
}

FxaComparison *
fxa_comparison_new (FxpExperiment *experiment, const char *list, guint n_seeds)
{
  FxaComparison *self;
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (experiment != NULL && list != NULL && n_seeds > 0, NULL);

  self = g_new0 (FxaComparison, 1);
  self->experiment = fxp_experiment_ref (experiment);
  self->n_seeds = n_seeds;
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  add_row (self, "FL");
  add_row (self, "FX");
  names = g_strsplit (list, ",", -1);
  for (char **name = names; *name != NULL; name++)
    add_row (self, *name);
  return self;
}

void
fxa_comparison_free (FxaComparison *self)
{
  if (self == NULL)
    return;
  fxp_experiment_unref (self->experiment);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static guint64
get_seed (const FxaComparison *self, guint index)
{
  return fxp_experiment_get_settings (self->experiment)->seed + index;
}

/* The experiment with this seed, alone, as FL is a run of its own: a fixed-point run that diverges
 * would stop its twin. */
static FxpExperiment *
make_start (const FxaComparison *self, guint index, GError **error)
{
  g_autofree char *seed = g_strdup_printf ("%" PRIu64, get_seed (self, index));
  const char *const settings[][2] = {
    {"experiment.seed", seed},
    {"training.twin", "false"},
    {"training.evaluate-every", NEVER},
    {"training.statistics-every", NEVER},
  };
  g_autoptr (FxpExperiment) start = fxp_experiment_ref (self->experiment);

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      FxpExperiment *next =
        fxp_experiment_with_value (start, settings[i][0], settings[i][1], error);

      if (next == NULL)
        return NULL;
      fxp_experiment_unref (start);
      start = next;
    }
  return g_steal_pointer (&start);
}

static void
snapshot_cb (FxpSnapshot *snapshot, gpointer progress)
{
  fxa_progress_update (progress, snapshot);
}

/* What all runs have in common. */
typedef struct
{
  guint64 epochs, steps;
  guint n_threads;
  FxaProgress *progress;
} Limits;

/* What GC and AS promise of a run, as it was. */
static void
take_counts (Row *row, const FxpSnapshot *snapshot)
{
  FxpExperiment *experiment = fxp_snapshot_get_experiment (snapshot);

  for (guint layer = 0; layer < fxp_snapshot_get_n_weighted (snapshot); layer++)
    {
      const FxpTensorId id = {(guint16)layer, FXP_ROLE_WEIGHT_GRAD};
      const FxpQuantizeCounts *counts = &fxp_snapshot_get_tensor (snapshot, id)->statistics.counts;

      row->n_stopped += fxp_snapshot_get_layer (snapshot, layer)->n_stopped;
      if (counts->n == 0 ||
          fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format))
        continue;
      /* fmax() takes the number where the other is none. */
      row->clipped = fmax (row->clipped, (double)counts->n_overflowed / (double)counts->n);
    }
}

static gboolean
run_row (FxaComparison *self,
         Row *row,
         guint seed_index,
         FxpExperiment *start,
         FxpDataset *dataset,
         const Limits *limits,
         gboolean *interrupted,
         GError **error)
{
  g_autoptr (FxpExperiment) experiment = fxp_system_apply (start, row->name, error);
  g_autoptr (FxaHeadlessRun) run = NULL;
  g_autofree char *subject = NULL;
  FxpSnapshot *snapshot;

  if (experiment == NULL)
    return FALSE;
  if (row->costs == NULL)
    row->costs = fxp_cost_table_new (experiment, fxp_dataset_get_shape (dataset), error);
  if (row->costs == NULL)
    return FALSE;
  run = fxa_headless_run_new (experiment, dataset, limits->n_threads, error);
  if (run == NULL)
    {
      g_prefix_error (error, "%s: ", row->name);
      return FALSE;
    }
  subject = self->n_seeds > 1
              ? g_strdup_printf ("%s %u/%u", row->name, seed_index + 1, self->n_seeds)
              : g_strdup (row->name);
  fxa_progress_set_subject (limits->progress, subject);
  fxa_progress_begin_run (limits->progress,
                          limits->epochs,
                          limits->steps,
                          fxa_cli_get_steps_per_epoch (experiment, dataset));
  fxa_headless_run_set_snapshot_func (run, snapshot_cb, limits->progress);
  *interrupted = !fxa_headless_run_until (run, limits->epochs, limits->steps);
  fxa_headless_run_stop (run);
  if (*interrupted)
    return TRUE;
  snapshot = fxp_trainer_get_snapshot (fxa_headless_run_get_trainer (run));
  take_counts (row, snapshot);
  if (fxp_snapshot_get_state (snapshot) == FXP_STATE_DIVERGED)
    row->n_diverged++;
  else
    row->errors[seed_index] = 1 - fxp_snapshot_get_test_accuracy (snapshot, FALSE);
  return TRUE;
}

gboolean
fxa_comparison_run (FxaComparison *self,
                    guint64 epochs,
                    guint64 steps,
                    guint n_threads,
                    FxaProgress *progress,
                    gboolean *interrupted,
                    GError **error)
{
  const Limits limits = {epochs, steps, n_threads, progress};

  *interrupted = FALSE;
  for (guint seed = 0; seed < self->n_seeds && !*interrupted; seed++)
    {
      g_autoptr (FxpExperiment) start = make_start (self, seed, error);
      g_autoptr (FxpDataset) dataset = NULL;

      if (start == NULL)
        return FALSE;
      /* How data are divided, and generated, depends on the seed. */
      dataset = fxa_cli_load_dataset (start, progress, NULL, error);
      if (dataset == NULL)
        return FALSE;
      for (guint i = 0; i < self->rows->len && !*interrupted; i++)
        if (!run_row (self,
                      self->rows->pdata[i],
                      seed,
                      start,
                      dataset,
                      &limits,
                      interrupted,
                      error))
          return FALSE;
    }
  return TRUE;
}

/* Of the seeds whose error is known; NaN if none is. */
static double
get_mean (const FxaComparison *self, const Row *row, double *deviation)
{
  double n = 0, sum = 0, squares = 0;

  for (guint i = 0; i < self->n_seeds; i++)
    if (isfinite (row->errors[i]))
      {
        n++;
        sum += row->errors[i];
      }
  for (guint i = 0; i < self->n_seeds; i++)
    if (isfinite (row->errors[i]))
      squares += (row->errors[i] - sum / n) * (row->errors[i] - sum / n);
  *deviation = n > 1 ? sqrt (squares / (n - 1)) : NAN;
  return n > 0 ? sum / n : NAN;
}

static char *
describe (const FxaComparison *self, const Row *row)
{
  g_autofree char *what = fxp_system_describe (row->name);

  if (row->n_diverged == 0)
    return g_steal_pointer (&what);
  if (self->n_seeds == 1)
    /* translators: what a system is */
    return g_strdup_printf (_ ("%s: diverged"), what);
  /* translators: what a system is, how many of its runs diverged, of how many */
  return g_strdup_printf (_ ("%s: %u of %u runs diverged"), what, row->n_diverged, self->n_seeds);
}

/* Those of float weights stop by float's own rounding, which is nobody's criterion. */
static gboolean
has_accumulators (const Row *row)
{
  return isfinite (row->clipped);
}

void
fxa_comparison_print (FxaComparison *self)
{
  g_autoptr (FxaTextTable) table = fxa_text_table_new (self->n_seeds > 1 ? 10 : 9, 2);

  fxa_text_table_add (table, _ ("system"));
  fxa_text_table_add (table, "");
  fxa_cost_add_titles (table);
  fxa_text_table_add (table, _ ("test error %"));
  if (self->n_seeds > 1)
    fxa_text_table_add (table, _ ("deviation"));
  /* translators: greatest share of a layer's weight gradients that are clipped, in percent */
  fxa_text_table_add (table, _ ("G_W clipped %"));
  /* translators: how many updates left an accumulator as it was, although they were not zero */
  fxa_text_table_add (table, _ ("stops"));
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];
      double deviation;
      const double mean = get_mean (self, row, &deviation);

      if (row->costs == NULL) /* it was interrupted before */
        continue;
      fxa_text_table_add (table, row->name);
      fxa_text_table_take (table, describe (self, row));
      fxa_cost_add_cells (&row->costs->total, table);
      fxa_text_table_take (table, fxa_quantity_format_percent (mean));
      if (self->n_seeds > 1)
        fxa_text_table_take (table, fxa_quantity_format_percent (deviation));
      fxa_text_table_take (table, fxa_quantity_format_percent (row->clipped));
      fxa_text_table_take (table,
                           has_accumulators (row) ? g_strdup_printf ("%" PRIu64, row->n_stopped)
                                                  : fxa_quantity_format_percent (NAN));
    }
  fxa_text_table_print (table);
}

static void
add_row_json (const FxaComparison *self, const Row *row, JsonBuilder *builder)
{
  g_autofree char *description = fxp_system_describe (row->name);
  double deviation;
  const double mean = get_mean (self, row, &deviation);

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "system", row->name);
  fxa_json_add_text (builder, "description", description);
  fxa_json_add_number (builder, "test_error", mean);
  fxa_json_add_number (builder, "deviation", deviation);
  fxa_json_begin_array (builder, "test_errors");
  for (guint i = 0; i < self->n_seeds; i++)
    if (isfinite (row->errors[i]))
      json_builder_add_double_value (builder, row->errors[i]);
    else
      json_builder_add_null_value (builder);
  json_builder_end_array (builder);
  fxa_json_add_integer (builder, "diverged", row->n_diverged);
  fxa_json_add_number (builder, "clipped", row->clipped);
  if (has_accumulators (row))
    fxa_json_add_integer (builder, "stops", (gint64)row->n_stopped);
  if (row->costs != NULL)
    fxa_cost_add_json (&row->costs->total, "cost", builder);
  json_builder_end_object (builder);
}

void
fxa_comparison_add_json (FxaComparison *self, JsonBuilder *builder)
{
  fxa_json_begin_object (builder, "comparison");
  fxa_json_add_integer (builder, "seed", get_seed (self, 0));
  fxa_json_add_integer (builder, "seeds", self->n_seeds);
  fxa_json_begin_array (builder, "systems");
  for (guint i = 0; i < self->rows->len; i++)
    add_row_json (self, self->rows->pdata[i], builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

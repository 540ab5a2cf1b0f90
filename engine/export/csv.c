/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "export/csv.h"
#include "number/error.h"
#include "number/new-file.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Which runs have a column. */
typedef enum
{
  COLUMN_ALWAYS,
  COLUMN_TWIN,       /* those that begin with a float twin */
  COLUMN_VALIDATION, /* those that set data aside for it */
  COLUMN_RATE,       /* those whose learning rate follows a schedule */
  N_COLUMN_KINDS
} ColumnKind;

static const struct
{
  const char *name;
  ColumnKind kind;
  gsize offset; /* of a float in FxpRecord */
} columns[] = {
  {"loss_fixed", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, loss_fixed)},
  {"loss_float", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, loss_float)},
  {"train_accuracy_fixed", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, train_accuracy_fixed)},
  {"train_accuracy_float", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, train_accuracy_float)},
  {"test_accuracy_fixed", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, test_accuracy_fixed)},
  {"test_accuracy_float", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, test_accuracy_float)},
  {"test_loss_fixed", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, test_loss_fixed)},
  {"test_loss_float", COLUMN_ALWAYS, G_STRUCT_OFFSET (FxpRecord, test_loss_float)},
  {"mismatch", COLUMN_TWIN, G_STRUCT_OFFSET (FxpRecord, mismatch)},
  {"validation_accuracy_fixed",
   COLUMN_VALIDATION,
   G_STRUCT_OFFSET (FxpRecord, validation_accuracy_fixed)},
  {"validation_accuracy_float",
   COLUMN_VALIDATION,
   G_STRUCT_OFFSET (FxpRecord, validation_accuracy_float)},
  {"validation_loss_fixed", COLUMN_VALIDATION, G_STRUCT_OFFSET (FxpRecord, validation_loss_fixed)},
  {"validation_loss_float", COLUMN_VALIDATION, G_STRUCT_OFFSET (FxpRecord, validation_loss_float)},
  {"rate", COLUMN_RATE, G_STRUCT_OFFSET (FxpRecord, rate)},
};

struct _FxpCsv
{
  FxpNewFile *file; /* owned; NULL once closed */
  gboolean has_kind[N_COLUMN_KINDS];
  guint n_weighted;
  gboolean *has_tensor; /* owned; n_weighted x FXP_N_ROLES */
  gboolean *moves;      /* owned; likewise: its binary point does, and has a column */
};

static void
add_number (GString *row, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (row, ',');
  if (!isnan (number))
    g_string_append (row, g_ascii_dtostr (text, sizeof text, number));
}

static char *
make_header (const FxpCsv *self, const FxpExperiment *experiment)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  GString *row = g_string_new ("step,epoch");

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (self->has_kind[columns[i].kind])
      g_string_append_printf (row, ",%s", columns[i].name);
  for (guint layer = 0; layer < self->n_weighted; layer++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, layer);

      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          const char *nick = fxp_role_get_nick (role);

          if (self->has_tensor[layer * FXP_N_ROLES + role])
            g_string_append_printf (row, ",%s.%s.sqnr_db,%s.%s.bits", name, nick, name, nick);
          if (self->moves[layer * FXP_N_ROLES + role])
            g_string_append_printf (row, ",%s.%s.frac_bits", name, nick);
        }
    }
  g_string_append_c (row, '\n');
  return g_string_free (row, FALSE);
}

static void
choose_columns (FxpCsv *self, const FxpExperiment *experiment)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);

  self->has_kind[COLUMN_ALWAYS] = TRUE;
  self->has_kind[COLUMN_TWIN] = settings->twin;
  self->has_kind[COLUMN_VALIDATION] = settings->dataset_validation_share > 0;
  self->has_kind[COLUMN_RATE] = settings->schedule != FXP_SCHEDULE_CONSTANT;
  self->n_weighted = fxp_experiment_get_n_weighted (experiment);
  self->has_tensor = g_new (gboolean, (gsize)self->n_weighted * FXP_N_ROLES);
  self->moves = g_new (gboolean, (gsize)self->n_weighted * FXP_N_ROLES);
  for (guint i = 0; i < self->n_weighted * FXP_N_ROLES; i++)
    {
      const FxpTensorId id = {i / FXP_N_ROLES, i % FXP_N_ROLES};

      self->has_tensor[i] = fxp_experiment_has_tensor (experiment, id);
      self->moves[i] = fxp_experiment_moves (experiment, id);
    }
}

FxpCsv *
fxp_csv_new (GFile *file, const FxpExperiment *experiment, GError **error)
{
  g_autoptr (FxpCsv) self = NULL;
  g_autofree char *header = NULL;

  g_return_val_if_fail (G_IS_FILE (file) && experiment != NULL, NULL);

  self = g_new0 (FxpCsv, 1);
  choose_columns (self, experiment);
  self->file = fxp_new_file_open (file, NULL, error);
  header = make_header (self, experiment);
  if (self->file == NULL || !fxp_new_file_write (self->file, header, strlen (header), NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
add_row (const FxpCsv *self, GString *rows, const FxpRecord *record, const FxpTensorRecord *tensors)
{
  g_string_append_printf (rows, "%" G_GUINT64_FORMAT, record->step);
  add_number (rows, record->epoch);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (self->has_kind[columns[i].kind])
      add_number (rows, G_STRUCT_MEMBER (float, (gpointer)record, columns[i].offset));
  for (guint i = 0; i < self->n_weighted * FXP_N_ROLES; i++)
    if (self->has_tensor[i])
      {
        add_number (rows, tensors[i].sqnr_db);
        g_string_append_printf (rows, ",%u", tensors[i].word_bits);
        if (self->moves[i])
          g_string_append_printf (rows, ",%d", tensors[i].frac_bits);
      }
  g_string_append_c (rows, '\n');
}

gboolean
fxp_csv_add (FxpCsv *self, const FxpSnapshot *snapshot, GError **error)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  const FxpRecord *records;
  guint n_weighted;
  gsize n;

  g_return_val_if_fail (self != NULL && self->file != NULL && snapshot != NULL, FALSE);

  records = fxp_snapshot_get_records (snapshot, &n);
  n_weighted = fxp_snapshot_get_n_weighted (snapshot);
  if (n > 0 && n_weighted != self->n_weighted)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("found records of %u layers; expected %u as in the head of the table"),
                   n_weighted,
                   self->n_weighted);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    add_row (self, rows, &records[i], fxp_snapshot_get_tensor_records (snapshot, i));
  return fxp_new_file_write (self->file, rows->str, rows->len, NULL, error);
}

gboolean
fxp_csv_close (FxpCsv *self, GError **error)
{
  g_autoptr (FxpNewFile) file = NULL;

  g_return_val_if_fail (self != NULL && self->file != NULL, FALSE);

  file = g_steal_pointer (&self->file);
  return fxp_new_file_commit (file, NULL, error);
}

void
fxp_csv_free (FxpCsv *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->file, fxp_new_file_free);
  g_free (self->has_tensor);
  g_free (self->moves);
  g_free (self);
}

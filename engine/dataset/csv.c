/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/csv-records-private.h"
#include "dataset/dataset-private.h"
#include "number/error.h"

#include <float.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Characters of a field that an error message quotes. */
#define FOUND_MAX 40

typedef struct
{
  FxpCsvRecords *records;
  guint n_columns;
  gsize first_line; /* where n_columns comes from */
  FxpSamples *samples;
  GHashTable *ids;  /* class text, borrowed from names, to its number in order of appearance */
  GPtrArray *names; /* class texts in order of appearance */
} Table;

static void
clear_table (Table *self)
{
  g_clear_pointer (&self->records, fxp_csv_records_free);
  g_clear_pointer (&self->samples, fxp_samples_free);
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, clear_table)

gboolean
fxp_csv_recognize (const char *basename, const guint8 *head, gsize n_head)
{
  return TRUE;
}

static gboolean
parse_number (const char *text, double *value)
{
  char *end;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

static char *
cut (const char *text)
{
  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), FOUND_MAX));
}

static void
set_field_error (Table *self, guint column, const char *text, const char *expected, GError **error)
{
  g_autofree char *found = cut (text);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: column %u: “%s”, expected %s"),
               fxp_csv_records_get_place (self->records),
               column + 1,
               found,
               expected);
}

static gboolean
read_feature (Table *self, guint column, const char *text, float *feature, GError **error)
{
  double value;

  if (!parse_number (text, &value))
    {
      set_field_error (self, column, text, _ ("a number"), error);
      return FALSE;
    }
  if (!(fabs (value) <= FLT_MAX))
    {
      set_field_error (self, column, text, _ ("a finite number of less than 3.4e38"), error);
      return FALSE;
    }
  *feature = (float)value;
  return TRUE;
}

static gboolean
read_class (Table *self, const char *text, guint16 *id, GError **error)
{
  gpointer known;

  if (*text == '\0')
    {
      set_field_error (self, self->n_columns - 1, text, _ ("a class"), error);
      return FALSE;
    }
  if (!g_hash_table_lookup_extended (self->ids, text, NULL, &known))
    {
      char *name;

      if (self->names->len == FXP_DATASET_CLASSES_MAX)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: more than %d classes in the last column, expected fewer"),
                       fxp_csv_records_get_place (self->records),
                       FXP_DATASET_CLASSES_MAX);
          return FALSE;
        }
      name = g_strdup (text);
      known = GUINT_TO_POINTER (self->names->len);
      g_ptr_array_add (self->names, name);
      g_hash_table_insert (self->ids, name, known);
    }
  *id = (guint16)GPOINTER_TO_UINT (known);
  return TRUE;
}

static gboolean
read_row (Table *self, const char *const *fields, guint n_fields, GError **error)
{
  FxpSamples *samples = self->samples;
  gsize n_features = samples->n_features;
  float *features;

  if (n_fields != self->n_columns)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %u columns, expected %u as in line %zu"),
                   fxp_csv_records_get_place (self->records),
                   n_fields,
                   self->n_columns,
                   self->first_line);
      return FALSE;
    }
  if (samples->n == FXP_DATASET_SAMPLES_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: more than %d samples, expected fewer"),
                   fxp_csv_records_get_place (self->records),
                   FXP_DATASET_SAMPLES_MAX);
      return FALSE;
    }
  if (!fxp_samples_reserve (samples,
                            samples->n + 1,
                            FXP_DATASET_SAMPLES_MAX,
                            fxp_csv_records_get_name (self->records),
                            error))
    return FALSE;
  features = (float *)samples->features + samples->n * n_features;
  for (guint i = 0; i < n_features; i++)
    if (!read_feature (self, i, fields[i], &features[i], error))
      return FALSE;
  if (!read_class (self, fields[n_features], &samples->labels[samples->n], error))
    return FALSE;
  samples->n++;
  return TRUE;
}

/* A first line in which a feature is not a number names the columns. */
static gboolean
is_header (const char *const *fields, guint n_fields)
{
  double value;

  for (guint i = 0; i + 1 < n_fields; i++)
    if (!parse_number (fields[i], &value))
      return TRUE;
  return FALSE;
}

static gboolean
read_first (Table *self, const char *const *fields, guint n_fields, GError **error)
{
  if (n_fields < 2)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: a single column, expected features and a class separated by comma, "
                      "semicolon or tab"),
                   fxp_csv_records_get_place (self->records));
      return FALSE;
    }
  self->n_columns = n_fields;
  self->first_line = fxp_csv_records_get_line (self->records);
  self->samples = fxp_samples_new (n_fields - 1, sizeof (float));
  return is_header (fields, n_fields) || read_row (self, fields, n_fields, error);
}

static gboolean
read_rows (Table *self, GCancellable *cancellable, GError **error)
{
  GError *local_error = NULL;
  const char *const *fields;
  guint n_fields;

  fields = fxp_csv_records_next (self->records, &n_fields, cancellable, &local_error);
  if (fields != NULL && !read_first (self, fields, n_fields, error))
    return FALSE;
  while (fields != NULL)
    {
      fields = fxp_csv_records_next (self->records, &n_fields, cancellable, &local_error);
      if (fields != NULL && !read_row (self, fields, n_fields, error))
        return FALSE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_contents (Table *self, GError **error)
{
  const char *name = fxp_csv_records_get_name (self->records);

  if (self->samples == NULL || self->samples->n == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: no rows of data, expected numeric features with a class behind them"),
                   name);
      return FALSE;
    }
  if (self->names->len < 2)
    {
      g_autofree char *found = cut (g_ptr_array_index (self->names, 0));

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: one class, “%s”, in every row, expected at least 2 in the last column"),
                   name,
                   found);
      return FALSE;
    }
  return TRUE;
}

typedef struct
{
  char *name;
  gint64 number;
  guint id;
} Class;

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Class *first = a;
  const Class *second = b;

  if (first->number != second->number)
    return first->number < second->number ? -1 : 1;
  return strcmp (first->name, second->name);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Class *)a)->name, ((const Class *)b)->name);
}

/* Renumbers the labels in sorted order and returns the names in that order. */
static char **
sort_classes (Table *self)
{
  guint n = self->names->len;
  g_autofree Class *classes = g_new (Class, n);
  g_autofree guint16 *ranks = g_new (guint16, n);
  char **names = g_new0 (char *, n + 1);
  gboolean are_numbers = TRUE;

  for (guint i = 0; i < n; i++)
    {
      classes[i] = (Class){g_ptr_array_index (self->names, i), 0, i};
      are_numbers = are_numbers && g_ascii_string_to_signed (classes[i].name,
                                                             10,
                                                             G_MININT64,
                                                             G_MAXINT64,
                                                             &classes[i].number,
                                                             NULL); /* a text is no error */
    }
  g_qsort_with_data (classes,
                     (int)n,
                     sizeof *classes,
                     are_numbers ? compare_numbers : compare_names,
                     NULL);
  for (guint i = 0; i < n; i++)
    {
      ranks[classes[i].id] = (guint16)i;
      names[i] = g_strdup (classes[i].name);
    }
  for (gsize i = 0; i < self->samples->n; i++)
    self->samples->labels[i] = ranks[self->samples->labels[i]];
  return names;
}

static char *
make_set_name (GFile *file)
{
  g_autofree char *basename = g_file_get_basename (file);
  char *dot;

  if (g_str_has_suffix (basename, ".gz"))
    basename[strlen (basename) - strlen (".gz")] = '\0';
  dot = strrchr (basename, '.');
  if (dot != NULL && dot != basename)
    *dot = '\0';
  return g_utf8_make_valid (basename, -1);
}

FxpDataset *
fxp_csv_load (GFile *file,
              gboolean is_folder,
              const FxpDatasetSource *source,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (Table) table = {0};
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_open (file, cancellable, error);
  g_autoptr (FxpDataset) self = NULL;
  g_autofree char *name = make_set_name (file);
  g_auto (GStrv) class_names = NULL;
  FxpProgress progress = FXP_PROGRESS_INIT (source);

  if (reader == NULL)
    return NULL;
  fxp_progress_expect (&progress, file, cancellable);
  fxp_byte_reader_set_progress (reader, &progress);
  table.records = fxp_csv_records_new (g_steal_pointer (&reader));
  table.ids = g_hash_table_new (g_str_hash, g_str_equal);
  table.names = g_ptr_array_new_with_free_func (g_free);
  if (!read_rows (&table, cancellable, error) || !check_contents (&table, error))
    return NULL;

  fxp_samples_trim (table.samples);
  class_names = sort_classes (&table);
  self = fxp_dataset_new (name,
                          &FXP_SHAPE_1 (table.n_columns - 1),
                          table.names->len,
                          g_steal_pointer (&table.samples),
                          NULL);
  fxp_dataset_take_class_names (self, g_steal_pointer (&class_names));
  fxp_dataset_fit_plane (self);
  if (!fxp_dataset_divide (self, source, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/precision-keys-private.h"
#include "experiment/precision-field-private.h"
#include "experiment/setting-type-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

#define ALL      "*"
#define SUM_NICK "sum"

static const char *
get_column_nick (guint column)
{
  return column == FXP_COLUMN_SUM ? SUM_NICK : fxp_role_get_nick (column);
}

static const FxpPrecisionField *
find_field (const FxpPlace *place, const char *name)
{
  return fxp_precision_field_find (place->column == FXP_COLUMN_SUM, name);
}

gboolean
fxp_place_parse (const char *layer, const char *role, FxpPlace *place, GError **error)
{
  guint64 number = 0;
  FxpRole tensor;

  *place = (FxpPlace){FXP_PLACE_ALL, FXP_PLACE_ALL};
  if (!g_str_equal (layer, ALL))
    {
      /* No leading zero: a layer has one name, so that a file cannot say it twice. */
      if (*layer == '0' || !fxp_parse_count (layer, 1, FXP_TOPOLOGY_LAYERS_MAX, &number, NULL))
        {
          g_autofree char *found = fxp_quote (layer);

          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_PARSE,
                       _ ("%s is not a layer; expected * or a number from 1 to %d"),
                       found,
                       FXP_TOPOLOGY_LAYERS_MAX);
          return FALSE;
        }
      place->layer = (int)number - 1;
    }
  if (g_str_equal (role, SUM_NICK))
    place->column = FXP_COLUMN_SUM;
  else if (!g_str_equal (role, ALL))
    {
      if (!fxp_role_parse (role, &tensor, error))
        {
          g_prefix_error (error, _ ("neither \"*\" nor \"sum\": "));
          return FALSE;
        }
      place->column = tensor;
    }
  return TRUE;
}

gboolean
fxp_place_find_owner (FxpPlace *self, const FxpExperiment *experiment)
{
  FxpTensorId owner;

  if (self->layer == FXP_PLACE_ALL || self->column == FXP_PLACE_ALL ||
      self->column == FXP_COLUMN_SUM)
    return FALSE;
  owner = fxp_experiment_get_owner (experiment, (FxpTensorId){self->layer, self->column});
  if (owner.layer == self->layer)
    return FALSE;
  self->layer = owner.layer;
  return TRUE;
}

gboolean
fxp_place_has_field (const FxpPlace *self, const char *field)
{
  const FxpPrecisionField *row = find_field (self, field);

  return row != NULL && row->get != NULL;
}

char *
fxp_place_list_fields (const FxpPlace *self)
{
  return g_strdup (self->column == FXP_COLUMN_SUM ? "register, bits"
                                                  : "format, rounding, overflow, scaling");
}

/* Whether @place, a wildcard or not, stands for this cell.  Wildcards leave out tensors that are
 * not there, and those of other layers. */
static gboolean
place_has (const FxpPlace *self, const FxpExperiment *experiment, guint layer, guint column)
{
  const FxpTensorId id = {layer, column};

  if (self->layer != FXP_PLACE_ALL && self->layer != (int)layer)
    return FALSE;
  if (self->column == FXP_PLACE_ALL && column >= FXP_ROLE_BIAS)
    return FALSE;
  if (self->column != FXP_PLACE_ALL && self->column != (int)column)
    return FALSE;
  if (column == FXP_COLUMN_SUM)
    return TRUE;
  if (self->layer != FXP_PLACE_ALL && self->column != FXP_PLACE_ALL)
    return fxp_experiment_has_cell (experiment, id);
  return fxp_experiment_owns_cell (experiment, id);
}

static gboolean
set_cell (FxpExperiment *self,
          guint layer,
          guint column,
          const FxpPrecisionField *field,
          const char *text,
          GError **error)
{
  FxpLayerPrecision row = *fxp_experiment_get_precision (self, layer);

  if (!field->set (&row, column, text, error))
    return FALSE;
  if (column == FXP_COLUMN_SUM)
    fxp_experiment_edit_row (self, layer)->sum = row.sum;
  else
    {
      const FxpTensorId id = {layer, column};

      fxp_experiment_set_cell (self, id, &row.quantizers[column]);
      fxp_experiment_set_scaling (self, id, row.scalings[column]);
    }
  return TRUE;
}

/* Why @place stands for nothing. */
static gboolean
fail_absent (const FxpPlace *place, GError **error)
{
  g_autofree char *layer = g_strdup_printf (_ ("layer %d"), place->layer + 1);

  if (place->column == FXP_ROLE_BIAS)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_RANGE,
                 _ ("%s has no bias, as batch normalization follows it"),
                 place->layer == FXP_PLACE_ALL ? _ ("every layer") : layer);
  else
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_RANGE,
                 _ ("%s has no batch normalization"),
                 place->layer == FXP_PLACE_ALL ? _ ("this network") : layer);
  return FALSE;
}

gboolean
fxp_precision_set (FxpExperiment *self,
                   const FxpPlace *place,
                   const char *field,
                   const char *text,
                   GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const FxpPrecisionField *row = find_field (place, field);
  int n_layers = fxp_experiment_get_n_weighted (self);
  guint n_cells = 0;

  if (row == NULL)
    {
      g_autofree char *found = fxp_quote (field);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s is not a field; expected one of %s"),
                   found,
                   place->column == FXP_COLUMN_SUM ? "register, bits"
                                                   : "format, rounding, overflow, scaling, bits");
      return FALSE;
    }
  if (place->layer >= n_layers)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("there is no layer %d; expected 1..%d, as topology \"%s\" has so many "
                      "layers with weights"),
                   place->layer + 1,
                   n_layers,
                   fxp_topology_get_text (fxp_experiment_get_topology (self)));
      return FALSE;
    }
  for (int layer = 0; layer < n_layers; layer++)
    for (guint column = 0; column < FXP_N_COLUMNS; column++)
      if (place_has (place, self, layer, column))
        {
          n_cells++;
          if (!set_cell (self, layer, column, row, stripped, error))
            return FALSE;
        }
  return n_cells > 0 || fail_absent (place, error);
}

char *
fxp_precision_get (const FxpExperiment *self, const FxpPlace *place, const char *field)
{
  const FxpPrecisionField *row = find_field (place, field);
  g_autofree char *found = NULL;
  int n_layers = fxp_experiment_get_n_weighted (self);

  if (row == NULL || row->get == NULL || place->layer >= n_layers)
    return NULL;
  for (int i = 0; i < n_layers * FXP_N_COLUMNS; i++)
    {
      int layer = i / FXP_N_COLUMNS;
      guint column = i % FXP_N_COLUMNS;
      g_autofree char *value = NULL;

      if (!place_has (place, self, layer, column))
        continue;
      value = row->get (fxp_experiment_get_precision (self, layer), column);
      if (value == NULL || (found != NULL && !g_str_equal (value, found)))
        return NULL;
      if (found == NULL)
        found = g_steal_pointer (&value);
    }
  return g_steal_pointer (&found);
}

static gboolean
cell_equal (const FxpLayerPrecision *a, const FxpLayerPrecision *b, guint column)
{
  if (a == b)
    return TRUE;
  if (column == FXP_COLUMN_SUM)
    return fxp_sum_register_equal (&a->sum, &b->sum);
  return fxp_quantizer_equal (&a->quantizers[column], &b->quantizers[column]) &&
         a->scalings[column] == b->scalings[column];
}

static gboolean
field_equal (const FxpPrecisionField *field,
             const FxpLayerPrecision *a,
             const FxpLayerPrecision *b,
             guint column)
{
  g_autofree char *of_a = NULL;
  g_autofree char *of_b = NULL;

  if (cell_equal (a, b, column))
    return TRUE;
  of_a = field->get (a, column);
  of_b = field->get (b, column);
  return g_strcmp0 (of_a, of_b) == 0;
}

static void
add_change (GStrvBuilder *changes,
            const FxpPrecisionField *field,
            const char *layer,
            guint column,
            const FxpLayerPrecision *row)
{
  g_autofree char *value = field->get (row, column);
  g_autofree char *change = NULL;

  if (value == NULL)
    return;
  change =
    g_strdup_printf ("precision.%s.%s.%s=%s", layer, get_column_nick (column), field->name, value);
  g_strv_builder_add (changes, change);
}

/* Whether files and differences have something to say of the cell. */
static gboolean
is_written (const FxpExperiment *self, guint layer, guint column)
{
  return column == FXP_COLUMN_SUM || fxp_experiment_owns_cell (self, (FxpTensorId){layer, column});
}

/* The first layer that has such a cell, or NULL if none has. */
static const FxpLayerPrecision *
find_first (const FxpExperiment *self, guint column)
{
  for (guint i = 0; i < fxp_experiment_get_n_weighted (self); i++)
    if (is_written (self, i, column))
      return fxp_experiment_get_precision (self, i);
  return NULL;
}

static void
diff_field (const FxpExperiment *a,
            const FxpExperiment *b,
            const FxpPrecisionField *field,
            guint column,
            GStrvBuilder *changes)
{
  const FxpLayerPrecision *first = find_first (b, column);
  guint n = fxp_experiment_get_n_weighted (b);
  g_autofree gboolean *differs = g_new0 (gboolean, n);
  guint n_different = 0;
  gboolean agree = TRUE;

  for (guint i = 0; i < n; i++)
    {
      const FxpLayerPrecision *row = fxp_experiment_get_precision (b, i);

      if (!is_written (b, i, column))
        continue;
      agree = agree && field_equal (field, first, row, column);
      differs[i] = !field_equal (field, fxp_experiment_get_precision (a, i), row, column);
      n_different += differs[i] ? 1 : 0;
    }
  if (agree && n_different > 1)
    {
      add_change (changes, field, ALL, column, first);
      return;
    }
  for (guint i = 0; i < n; i++)
    if (differs[i])
      {
        g_autofree char *layer = g_strdup_printf ("%u", i + 1);

        add_change (changes, field, layer, column, fxp_experiment_get_precision (b, i));
      }
}

void
fxp_precision_diff (const FxpExperiment *a, const FxpExperiment *b, GStrvBuilder *changes)
{
  guint n_fields;
  const FxpPrecisionField *fields = fxp_precision_fields_get (&n_fields);

  g_assert (fxp_experiment_get_n_weighted (a) == fxp_experiment_get_n_weighted (b));

  for (guint column = 0; column < FXP_N_COLUMNS; column++)
    for (guint i = 0; i < n_fields; i++)
      if (fields[i].of_sum == (column == FXP_COLUMN_SUM) && fields[i].get != NULL)
        diff_field (a, b, &fields[i], column, changes);
}

static void
write_cell (GKeyFile *file, const char *layer, guint column, const FxpLayerPrecision *row)
{
  g_autofree char *group = g_strdup_printf ("precision %s %s", layer, get_column_nick (column));
  guint n_fields;
  const FxpPrecisionField *fields = fxp_precision_fields_get (&n_fields);

  for (guint i = 0; i < n_fields; i++)
    {
      g_autofree char *value = NULL;

      if (fields[i].of_sum != (column == FXP_COLUMN_SUM) || fields[i].get == NULL)
        continue;
      value = fields[i].get (row, column);
      if (value != NULL && g_strcmp0 (value, fields[i].implied) != 0)
        g_key_file_set_string (file, group, fields[i].name, value);
    }
}

/* Whether every cell of a column is of a tensor that is not there and has nothing set. */
static gboolean
is_untouched (const FxpExperiment *self, guint column)
{
  if (column == FXP_COLUMN_SUM)
    return FALSE;
  for (guint i = 0; i < fxp_experiment_get_n_weighted (self); i++)
    if (!fxp_experiment_is_untouched (self, (FxpTensorId){i, column}))
      return FALSE;
  return TRUE;
}

static void
write_column (const FxpExperiment *self, GKeyFile *file, guint column)
{
  const FxpLayerPrecision *first = find_first (self, column);
  guint n = fxp_experiment_get_n_weighted (self);
  gboolean agree = TRUE;

  for (guint i = 0; i < n && agree; i++)
    agree = !is_written (self, i, column) ||
            cell_equal (first, fxp_experiment_get_precision (self, i), column);
  if (agree)
    {
      write_cell (file, ALL, column, first);
      return;
    }
  for (guint i = 0; i < n; i++)
    if (is_written (self, i, column))
      {
        g_autofree char *layer = g_strdup_printf ("%u", i + 1);

        write_cell (file, layer, column, fxp_experiment_get_precision (self, i));
      }
}

void
fxp_precision_write (const FxpExperiment *self, GKeyFile *file)
{
  for (guint column = 0; column < FXP_N_COLUMNS; column++)
    if (find_first (self, column) != NULL && !is_untouched (self, column))
      write_column (self, file, column);
}

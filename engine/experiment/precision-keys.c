/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/precision-keys-private.h"
#include "experiment/experiment-keys-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

#define ALL      "*"
#define SUM_NICK "sum"

/* One value of a cell; @column is an FxpRole or FXP_COLUMN_SUM. */
typedef struct
{
  const char *name;
  gboolean of_sum; /* of a sum register, else of a tensor */
  /* NULL as a function: the field can only be set.  NULL as a value: nothing worth saying. */
  char *(*get) (const FxpLayerPrecision *row, guint column);
  gboolean (*set) (FxpLayerPrecision *row, guint column, const char *text, GError **error);
} Field;

static char *
get_format (const FxpLayerPrecision *row, guint column)
{
  return fxp_format_to_string (row->quantizers[column].format);
}

static gboolean
set_format (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_format_parse (text, &row->quantizers[column].format, error);
}

static char *
get_rounding (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_rounding_get_nick (row->quantizers[column].rounding));
}

static gboolean
set_rounding (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_rounding_parse (text, &row->quantizers[column].rounding, error);
}

static char *
get_overflow (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_overflow_get_nick (row->quantizers[column].overflow));
}

static gboolean
set_overflow (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_overflow_parse (text, &row->quantizers[column].overflow, error);
}

/* Word length with the integer bits kept. */
static gboolean
set_word_bits (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  FxpFormat *format = &row->quantizers[column].format;
  guint64 bits;
  int frac_bits;

  if (!fxp_parse_count (text, 1, FXP_WORD_BITS_MAX, &bits, error))
    return FALSE;
  if (fxp_format_is_float (*format))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("%s is float, which has no word length; expected that a fixed-point format "
                      "is set first"),
                   fxp_role_get_nick (column));
      return FALSE;
    }
  frac_bits = (int)bits - (format->is_signed ? 1 : 0) - fxp_format_get_int_bits (*format);
  if (frac_bits < FXP_FRAC_BITS_MIN || frac_bits > FXP_FRAC_BITS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("a word of %d bits would have %d fraction bits; expected %d..%d"),
                   (int)bits,
                   frac_bits,
                   FXP_FRAC_BITS_MIN,
                   FXP_FRAC_BITS_MAX);
      return FALSE;
    }
  format->word_bits = bits;
  format->frac_bits = frac_bits;
  return TRUE;
}

static char *
get_register (const FxpLayerPrecision *row, guint column)
{
  return g_strdup (fxp_sum_mode_get_nick (row->sum.mode));
}

static gboolean
set_register (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  return fxp_sum_mode_parse (text, &row->sum.mode, error);
}

/* An exact register has no width of its own, so the default is not worth a line. */
static char *
get_sum_bits (const FxpLayerPrecision *row, guint column)
{
  if (row->sum.mode == FXP_SUM_EXACT && row->sum.bits == FXP_SUM_REGISTER_EXACT.bits)
    return NULL;
  return g_strdup_printf ("%u", row->sum.bits);
}

static gboolean
set_sum_bits (FxpLayerPrecision *row, guint column, const char *text, GError **error)
{
  guint64 bits;

  if (!fxp_parse_count (text, FXP_SUM_BITS_MIN, FXP_SUM_BITS_MAX, &bits, error))
    return FALSE;
  row->sum.bits = bits;
  return TRUE;
}

static const Field fields[] = {
  {"format", FALSE, get_format, set_format},
  {"rounding", FALSE, get_rounding, set_rounding},
  {"overflow", FALSE, get_overflow, set_overflow},
  {"bits", FALSE, NULL, set_word_bits},
  {"register", TRUE, get_register, set_register},
  {"bits", TRUE, get_sum_bits, set_sum_bits},
};

static const char *
get_column_nick (guint column)
{
  return column == FXP_COLUMN_SUM ? SUM_NICK : fxp_role_get_nick (column);
}

static const Field *
find_field (const FxpPlace *place, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].of_sum == (place->column == FXP_COLUMN_SUM) && g_str_equal (fields[i].name, name))
      return &fields[i];
  return NULL;
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
fxp_place_has_field (const FxpPlace *self, const char *field)
{
  const Field *row = find_field (self, field);

  return row != NULL && row->get != NULL;
}

char *
fxp_place_list_fields (const FxpPlace *self)
{
  return g_strdup (self->column == FXP_COLUMN_SUM ? "register, bits"
                                                  : "format, rounding, overflow");
}

static gboolean
place_has_column (const FxpPlace *self, guint column)
{
  if (self->column == FXP_PLACE_ALL)
    return column != FXP_ROLE_BIAS && column != FXP_COLUMN_SUM;
  return self->column == (int)column;
}

static gboolean
set_layer (FxpExperiment *self,
           guint layer,
           const FxpPlace *place,
           const Field *field,
           const char *text,
           GError **error)
{
  FxpLayerPrecision *row = fxp_experiment_edit_row (self, layer);

  for (guint column = 0; column < FXP_N_COLUMNS; column++)
    if (place_has_column (place, column) && !field->set (row, column, text, error))
      return FALSE;
  return TRUE;
}

gboolean
fxp_precision_set (FxpExperiment *self,
                   const FxpPlace *place,
                   const char *field,
                   const char *text,
                   GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const Field *row = find_field (place, field);
  int n_layers = fxp_experiment_get_n_weighted (self);

  if (row == NULL)
    {
      g_autofree char *found = fxp_quote (field);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s is not a field; expected one of %s"),
                   found,
                   place->column == FXP_COLUMN_SUM ? "register, bits"
                                                   : "format, rounding, overflow, bits");
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
  for (int i = 0; i < n_layers; i++)
    if ((place->layer == FXP_PLACE_ALL || place->layer == i) &&
        !set_layer (self, i, place, row, stripped, error))
      return FALSE;
  return TRUE;
}

char *
fxp_precision_get (const FxpExperiment *self, const FxpPlace *place, const char *field)
{
  const Field *row = find_field (place, field);
  g_autofree char *found = NULL;
  int n_layers = fxp_experiment_get_n_weighted (self);

  if (row == NULL || row->get == NULL || place->layer >= n_layers)
    return NULL;
  for (int i = 0; i < n_layers * FXP_N_COLUMNS; i++)
    {
      int layer = i / FXP_N_COLUMNS;
      guint column = i % FXP_N_COLUMNS;
      g_autofree char *value = NULL;

      if ((place->layer != FXP_PLACE_ALL && place->layer != layer) ||
          !place_has_column (place, column))
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
  return fxp_quantizer_equal (&a->quantizers[column], &b->quantizers[column]);
}

static gboolean
field_equal (const Field *field,
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
            const Field *field,
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

static void
diff_field (const FxpExperiment *a,
            const FxpExperiment *b,
            const Field *field,
            guint column,
            GStrvBuilder *changes)
{
  const FxpLayerPrecision *first = fxp_experiment_get_precision (b, 0);
  guint n = fxp_experiment_get_n_weighted (b);
  g_autofree gboolean *differs = g_new0 (gboolean, n);
  guint n_different = 0;
  gboolean agree = TRUE;

  for (guint i = 0; i < n; i++)
    {
      const FxpLayerPrecision *row = fxp_experiment_get_precision (b, i);

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
    {
      g_autofree char *layer = g_strdup_printf ("%u", i + 1);

      if (differs[i])
        add_change (changes, field, layer, column, fxp_experiment_get_precision (b, i));
    }
}

void
fxp_precision_diff (const FxpExperiment *a, const FxpExperiment *b, GStrvBuilder *changes)
{
  g_assert (fxp_experiment_get_n_weighted (a) == fxp_experiment_get_n_weighted (b));

  for (guint column = 0; column < FXP_N_COLUMNS; column++)
    for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
      if (fields[i].of_sum == (column == FXP_COLUMN_SUM) && fields[i].get != NULL)
        diff_field (a, b, &fields[i], column, changes);
}

static void
write_cell (GKeyFile *file, const char *layer, guint column, const FxpLayerPrecision *row)
{
  g_autofree char *group = g_strdup_printf ("precision %s %s", layer, get_column_nick (column));

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *value = NULL;

      if (fields[i].of_sum != (column == FXP_COLUMN_SUM) || fields[i].get == NULL)
        continue;
      value = fields[i].get (row, column);
      if (value != NULL)
        g_key_file_set_string (file, group, fields[i].name, value);
    }
}

void
fxp_precision_write (const FxpExperiment *self, GKeyFile *file)
{
  const FxpLayerPrecision *first = fxp_experiment_get_precision (self, 0);
  guint n = fxp_experiment_get_n_weighted (self);

  for (guint column = 0; column < FXP_N_COLUMNS; column++)
    {
      gboolean agree = TRUE;

      for (guint i = 1; i < n && agree; i++)
        agree = cell_equal (first, fxp_experiment_get_precision (self, i), column);
      if (agree)
        {
          write_cell (file, ALL, column, first);
          continue;
        }
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *layer = g_strdup_printf ("%u", i + 1);

          write_cell (file, layer, column, fxp_experiment_get_precision (self, i));
        }
    }
}

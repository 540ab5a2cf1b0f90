/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "figure.h"

#include "drawing-module.h"
#include "figure-drawing.h"

#include <glib/gi18n.h>
#include <math.h>

#define BITS_TOP 16 /* of the axis of word lengths, unless a word is longer */
#define NO_LINE  G_MAXUINT

/* The first row of charts; below it a row for each layer: SQNR and word lengths of its tensors. */
typedef enum
{
  CHART_LOSS,
  CHART_ACCURACY,
  N_RUN_CHARTS
} ChartKind;

struct _FxaFigure
{
  char *path;
  FxaFigureDraw draw;
  GPtrArray *charts; /* of FxuChart, two in a row */
  guint n_weighted;
  guint *lines; /* n_weighted x FXP_N_ROLES: a tensor's line in its layer's charts, or NO_LINE */
  gboolean twin, validation;
};

static FxuChart *
get_chart (FxaFigure *self, guint i)
{
  return g_ptr_array_index (self->charts, i);
}

static FxuChart *
add_chart (FxaFigure *self, const char *title, const char *y_label)
{
  FxuChart *chart = fxu_chart_new (title, _ ("epoch"), y_label);

  g_ptr_array_add (self->charts, chart);
  return chart;
}

static void
add_run_chart (FxaFigure *self, const char *title, const char *y_label)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  FxuChart *chart = add_chart (self, title, y_label);

  fxu_chart_add_series (chart, _ ("fixed point"), palette->hues[FXU_HUE_FIXED], FXU_LINE_SOLID);
  if (self->twin)
    fxu_chart_add_series (chart, _ ("float twin"), palette->hues[FXU_HUE_TWIN], FXU_LINE_DASHED);
}

static void
add_validation_series (FxaFigure *self)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  FxuChart *chart = get_chart (self, CHART_ACCURACY);

  fxu_chart_add_series (chart,
                        _ ("fixed point, validation"),
                        palette->hues[FXU_HUE_FIXED],
                        FXU_LINE_DOTTED);
  if (self->twin)
    fxu_chart_add_series (chart,
                          _ ("float twin, validation"),
                          palette->hues[FXU_HUE_TWIN],
                          FXU_LINE_DOTTED);
}

/* The five tensors that a quantized network is about, and others that have a word of their own. */
static gboolean
is_drawn (const FxpExperiment *experiment, FxpTensorId id)
{
  return fxp_experiment_has_tensor (experiment, id) &&
         (id.role <= FXP_ROLE_WEIGHT_ACC ||
          !fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format));
}

static void
add_layer_charts (FxaFigure *self, const FxpExperiment *experiment, guint layer)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  g_autofree char *name = fxp_topology_get_name (fxp_experiment_get_topology (experiment), layer);
  /* translators: %s is a layer's name, such as fc1 */
  g_autofree char *noise_title = g_strdup_printf (_ ("%s: quantization noise"), name);
  g_autofree char *bits_title = g_strdup_printf (_ ("%s: word lengths"), name);
  FxuChart *noise = add_chart (self, noise_title, _ ("SQNR (dB)"));
  FxuChart *bits = add_chart (self, bits_title, _ ("bits"));
  guint top = BITS_TOP;

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpTensorId id = {layer, role};
      const FxuColor color = fxu_palette_get_category (palette, role);
      guint *line = &self->lines[layer * FXP_N_ROLES + role];

      *line = NO_LINE;
      if (!is_drawn (experiment, id))
        continue;
      /* There are as many colours as tensors in front. */
      *line = fxu_chart_add_series (noise,
                                    fxp_role_get_symbol (role),
                                    color,
                                    role <= FXP_ROLE_WEIGHT_ACC ? FXU_LINE_SOLID : FXU_LINE_DASHED);
      fxu_chart_add_series (bits, fxp_role_get_symbol (role), color, FXU_LINE_STEPS);
      top = MAX (top, fxp_experiment_get_quantizer (experiment, id)->format.word_bits);
    }
  fxu_chart_set_y_range (bits, 0, top);
}

FxaFigure *
fxa_figure_new (const char *path, const FxpExperiment *experiment, GError **error)
{
  FxaFigureDraw draw;
  FxaFigure *self;

  if (!g_str_has_suffix (path, ".png") && !g_str_has_suffix (path, ".svg") &&
      !g_str_has_suffix (path, ".pdf"))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s: a plot's name must end in .png, .svg or .pdf"),
                   path);
      return NULL;
    }
  draw = fxa_drawing_module_get (error);
  if (draw == NULL)
    {
      /* translators: a plot's file; what follows says which library is missing */
      g_prefix_error (error, _ ("%s: cannot be drawn: "), path);
      return NULL;
    }
  self = g_new0 (FxaFigure, 1);
  self->path = g_strdup (path);
  self->draw = draw;
  self->charts = g_ptr_array_new_with_free_func ((GDestroyNotify)fxu_chart_free);
  self->n_weighted = fxp_experiment_get_n_weighted (experiment);
  self->lines = g_new (guint, (gsize)self->n_weighted * FXP_N_ROLES);
  self->twin = fxp_experiment_get_settings (experiment)->twin;
  self->validation = fxp_experiment_get_settings (experiment)->dataset_validation_share > 0;
  add_run_chart (self, _ ("Training loss"), _ ("loss"));
  add_run_chart (self, self->validation ? _ ("Accuracy") : _ ("Test accuracy"), _ ("accuracy (%)"));
  if (self->validation)
    add_validation_series (self);
  fxu_chart_set_log_y (get_chart (self, CHART_LOSS), TRUE);
  for (guint layer = 0; layer < self->n_weighted; layer++)
    add_layer_charts (self, experiment, layer);
  return self;
}

void
fxa_figure_free (FxaFigure *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->charts, g_ptr_array_unref);
  g_free (self->lines);
  g_free (self->path);
  g_free (self);
}

/* In percent; what was not evaluated is no point, not a broken one. */
static void
append_share (FxuChart *chart, guint series, double epoch, double share)
{
  if (!isnan (share))
    fxu_chart_append (chart, series, epoch, 100 * share);
}

static void
add_tensor_record (FxaFigure *self, guint cell, double epoch, const FxpTensorRecord *tensor)
{
  const guint chart = N_RUN_CHARTS + 2 * (cell / FXP_N_ROLES);
  const guint line = self->lines[cell];

  if (line == NO_LINE)
    return;
  /* Nor has an unprobed interval an SQNR. */
  if (!isnan (tensor->sqnr_db))
    fxu_chart_append (get_chart (self, chart), line, epoch, tensor->sqnr_db);
  if (tensor->word_bits > 0)
    fxu_chart_append (get_chart (self, chart + 1), line, epoch, tensor->word_bits);
}

static void
add_record (FxaFigure *self, const FxpRecord *record, const FxpTensorRecord *tensors)
{
  FxuChart *loss = get_chart (self, CHART_LOSS), *accuracy = get_chart (self, CHART_ACCURACY);
  const guint validation = self->twin ? 2 : 1;

  fxu_chart_append (loss, 0, record->epoch, record->loss_fixed);
  append_share (accuracy, 0, record->epoch, record->test_accuracy_fixed);
  if (self->validation)
    append_share (accuracy, validation, record->epoch, record->validation_accuracy_fixed);
  if (self->twin)
    {
      fxu_chart_append (loss, 1, record->epoch, record->loss_float);
      append_share (accuracy, 1, record->epoch, record->test_accuracy_float);
      if (self->validation)
        append_share (accuracy, validation + 1, record->epoch, record->validation_accuracy_float);
    }
  for (guint cell = 0; cell < self->n_weighted * FXP_N_ROLES; cell++)
    add_tensor_record (self, cell, record->epoch, &tensors[cell]);
}

void
fxa_figure_add (FxaFigure *self, FxpSnapshot *snapshot)
{
  gsize n;
  const FxpRecord *records = fxp_snapshot_get_records (snapshot, &n);

  for (gsize i = 0; i < n; i++)
    add_record (self, &records[i], fxp_snapshot_get_tensor_records (snapshot, i));
}

gboolean
fxa_figure_save (FxaFigure *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  if (!self->draw (self->charts, self->path, bytes, error))
    {
      g_prefix_error (error, "%s: ", self->path);
      return FALSE;
    }
  return fxp_new_file_save (file, bytes->data, bytes->len, NULL, error);
}

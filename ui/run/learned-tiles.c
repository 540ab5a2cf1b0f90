/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/learned-tiles.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Channels of kernels that are shown; of more only the first ones. */
#define SECTIONS_MAX 4u
/* Values of what is no image stand in rows of so many. */
#define ROW_VALUES 32u

/* NULL if @kind needs the twin and there is none. */
static float *
choose_values (const float *const values[2], gsize n, FxuMapKind kind)
{
  float *chosen;

  if (kind == FXU_MAP_FIXED)
    return g_memdup2 (values[0], n * sizeof *chosen);
  if (values[1] == NULL)
    return NULL;
  if (kind == FXU_MAP_TWIN)
    return g_memdup2 (values[1], n * sizeof *chosen);
  chosen = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    chosen[i] = values[0][i] - values[1][i];
  return chosen;
}

static double
find_most (const float *values, gsize n)
{
  double most = 0.0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      most = MAX (most, fabs (values[i]));
  return most;
}

static char *
name_channel (const FxpFilters *filters, guint channel)
{
  static const char *const colors[] = {N_ ("red"), N_ ("green"), N_ ("blue")};

  if (filters->channels == 1)
    return g_strdup (_ ("kernels"));
  if (filters->channels == G_N_ELEMENTS (colors))
    return g_strdup (_ (colors[channel]));
  /* translators: number of a channel, and how many there are */
  return g_strdup_printf (_ ("channel %u of %u"), channel + 1, filters->channels);
}

/* "16 of 64", or "16" where that is all. */
static char *
count_shown (guint shown, guint all)
{
  if (shown < all)
    /* translators: how many are shown, and how many there are */
    return g_strdup_printf (_ ("%u of %u"), shown, all);
  return g_strdup_printf ("%u", all);
}

void
fxu_learned_tiles_show_filters (FxuTileSheet *sheet, const FxpFilters *filters, FxuMapKind kind)
{
  g_autofree float *values = NULL;
  g_autofree float *channel = NULL;
  g_autofree char *title = NULL;
  g_autofree char *note = NULL;
  gsize area;
  double scale;
  guint n;

  if (filters == NULL || filters->n == 0)
    {
      fxu_tile_sheet_clear (sheet, NULL, _ ("No kernels yet"));
      return;
    }
  area = (gsize)filters->height * filters->width;
  values = choose_values (filters->values, filters->n * filters->channels * area, kind);
  if (values == NULL)
    {
      fxu_tile_sheet_clear (sheet, NULL, _ ("No float twin"));
      return;
    }

  title = g_strdup_printf (kind == FXU_MAP_DIFFERENCE ? _ ("Kernels %u×%u, fixed minus float")
                                                      : _ ("Kernels %u×%u of the first layer"),
                           filters->height,
                           filters->width);
  fxu_tile_sheet_clear (sheet, title, NULL);
  n = MIN (filters->n, FXU_LEARNED_FILTERS_MAX);
  note = count_shown (n, filters->n);
  scale = find_most (values, filters->n * filters->channels * area);
  channel = g_new (float, n *area);
  for (guint c = 0; c < MIN (filters->channels, SECTIONS_MAX); c++)
    {
      g_autofree char *name = name_channel (filters, c);

      for (guint i = 0; i < n; i++)
        memcpy (channel + i * area,
                values + ((gsize)i * filters->channels + c) * area,
                area * sizeof *channel);
      fxu_tile_sheet_add (sheet,
                          name,
                          note,
                          channel,
                          n,
                          filters->height,
                          filters->width,
                          TRUE,
                          scale);
    }
}

static void
add_maps (FxuTileSheet *sheet,
          const char *name,
          const FxpShape *shape,
          const float *values,
          gboolean is_signed)
{
  guint n_channels = (guint)shape->dim[0];
  guint n = MIN (n_channels, FXU_LEARNED_CHANNELS_MAX);
  g_autofree char *size = g_strdup_printf ("%u×%u", (guint)shape->dim[1], (guint)shape->dim[2]);
  g_autofree char *count = count_shown (n, n_channels);
  g_autofree char *note = g_strdup_printf ("%s · %s", count, size);

  fxu_tile_sheet_add (sheet,
                      name,
                      note,
                      values,
                      n,
                      (guint)shape->dim[1],
                      (guint)shape->dim[2],
                      is_signed,
                      0.0);
}

/* Values without a shape stand in rows, the last one filled up with blanks. */
static void
add_row (FxuTileSheet *sheet, const char *name, gsize n, const float *values, gboolean is_signed)
{
  guint width = (guint)MIN (n, ROW_VALUES);
  guint height = (guint)((n + width - 1) / width);
  g_autofree float *block = g_new (float, (gsize)width *height);
  g_autofree char *note = g_strdup_printf (ngettext ("%u value", "%u values", (gulong)n), (guint)n);

  for (gsize i = 0; i < (gsize)width * height; i++)
    block[i] = i < n ? values[i] : NAN;
  fxu_tile_sheet_add (sheet, name, note, block, 1, height, width, is_signed, 0.0);
}

void
fxu_learned_tiles_show_activations (FxuTileSheet *sheet,
                                    const char *title,
                                    FxpTopology *topology,
                                    const FxpActivations *activations,
                                    FxuMapKind kind)
{
  gboolean is_signed = kind == FXU_MAP_DIFFERENCE;

  if (activations == NULL || activations->n_layers != fxp_topology_get_n_weighted (topology))
    {
      fxu_tile_sheet_clear (sheet, NULL, _ ("No activations yet"));
      return;
    }
  if (kind != FXU_MAP_FIXED && activations->values[1] == NULL)
    {
      fxu_tile_sheet_clear (sheet, NULL, _ ("No float twin"));
      return;
    }

  fxu_tile_sheet_clear (sheet, title, NULL);
  for (guint i = 0; i < activations->n_layers; i++)
    {
      const FxpShape *shape = &activations->shapes[i];
      gsize n = fxp_shape_get_n (shape);
      const float *const both[2] = {activations->values[0] + activations->first[i],
                                    activations->values[1] != NULL
                                      ? activations->values[1] + activations->first[i]
                                      : NULL};
      g_autofree float *values = choose_values (both, n, kind);
      g_autofree char *layer = fxp_topology_get_name (topology, i);
      /* translators: what enters this layer */
      g_autofree char *name = g_strdup_printf (_ ("into %s"), layer);

      if (shape->rank == 3)
        add_maps (sheet, name, shape, values, is_signed);
      else
        add_row (sheet, name, n, values, is_signed);
    }
}

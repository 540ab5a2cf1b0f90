/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/change-label.h"

#include <glib/gi18n.h>

/* What the changed cells of the precision matrix have in common. */
typedef struct
{
  FxpExperiment *before;
  FxpExperiment *after;
  guint n_cells;
  guint n_layers, n_roles; /* that have changed cells */
  guint layer;             /* one of them */
  FxpRole role;            /* one of them */
} Cells;

static const FxpQuantizer *
get_quantizer (FxpExperiment *experiment, guint layer, FxpRole role)
{
  return fxp_experiment_get_quantizer (experiment, (FxpTensorId){(guint16)layer, (guint16)role});
}

static FxpScaling
get_scaling (FxpExperiment *experiment, guint layer, FxpRole role)
{
  return fxp_experiment_get_scaling (experiment, (FxpTensorId){(guint16)layer, (guint16)role});
}

static gboolean
cell_changed (const Cells *self, guint layer, guint role)
{
  if (role == FXP_N_ROLES)
    return !fxp_sum_register_equal (&fxp_experiment_get_precision (self->before, layer)->sum,
                                    &fxp_experiment_get_precision (self->after, layer)->sum);
  return !fxp_quantizer_equal (get_quantizer (self->before, layer, role),
                               get_quantizer (self->after, layer, role)) ||
         get_scaling (self->before, layer, role) != get_scaling (self->after, layer, role);
}

static Cells
find_cells (FxpExperiment *before, FxpExperiment *after)
{
  Cells self = {.before = before, .after = after};
  gboolean role_seen[FXP_N_ROLES + 1] = {FALSE};

  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (after); layer++)
    {
      gboolean layer_seen = FALSE;

      for (guint role = 0; role <= FXP_N_ROLES; role++)
        {
          if (!cell_changed (&self, layer, role))
            continue;
          self.n_cells++;
          self.layer = layer;
          self.role = role;
          self.n_roles += !role_seen[role];
          role_seen[role] = TRUE;
          self.n_layers += !layer_seen;
          layer_seen = TRUE;
        }
    }
  return self;
}

/* "fc2 W", "fc2", "W" or nothing: the narrowest heading over all of them. */
static char *
name_place (const Cells *self)
{
  const char *symbol = self->role == FXP_N_ROLES ? "Σ" : fxp_role_get_symbol (self->role);
  g_autofree char *layer =
    fxp_topology_get_name (fxp_experiment_get_topology (self->after), self->layer);

  if (self->n_cells == 1)
    return g_strdup_printf ("%s %s ", layer, symbol);
  if (self->n_layers == 1)
    return g_strdup_printf ("%s ", layer);
  if (self->n_roles == 1)
    return g_strdup_printf ("%s ", symbol);
  return g_strdup ("");
}

static char *
format_bits (guint bits)
{
  return bits == 0 ? g_strdup (_ ("float")) : g_strdup_printf ("%u", bits);
}

static char *
describe_bits (guint from, guint to)
{
  g_autofree char *old = format_bits (from);
  g_autofree char *new = format_bits (to);

  return g_strdup_printf ("%s→%s", old, new);
}

/* The change of one cell; every other changed cell must have made the same for it to be told. */
static char *
describe_cell (const Cells *self, guint layer, FxpRole role)
{
  const FxpQuantizer *from, *to;

  if (role == FXP_N_ROLES)
    {
      const FxpSumRegister *a = &fxp_experiment_get_precision (self->before, layer)->sum;
      const FxpSumRegister *b = &fxp_experiment_get_precision (self->after, layer)->sum;

      if (a->mode == b->mode && b->mode != FXP_SUM_EXACT)
        return g_strdup_printf ("%u→%u", a->bits, b->bits);
      if (b->mode == FXP_SUM_EXACT)
        return g_strdup (fxp_sum_mode_get_nick (b->mode));
      return g_strdup_printf ("%s %u", fxp_sum_mode_get_nick (b->mode), b->bits);
    }

  from = get_quantizer (self->before, layer, role);
  to = get_quantizer (self->after, layer, role);
  if (from->format.word_bits != to->format.word_bits)
    return describe_bits (from->format.word_bits, to->format.word_bits);
  if (!fxp_format_equal (from->format, to->format))
    return fxp_format_to_string (to->format);
  if (from->rounding != to->rounding)
    return g_strdup (fxp_rounding_get_nick (to->rounding));
  if (from->overflow != to->overflow)
    return g_strdup (fxp_overflow_get_nick (to->overflow));
  return g_strdup (fxp_scaling_get_nick (get_scaling (self->after, layer, role)));
}

static char *
describe_cells (const Cells *self)
{
  g_autofree char *place = name_place (self);
  g_autofree char *what = describe_cell (self, self->layer, self->role);

  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (self->after); layer++)
    for (guint role = 0; role <= FXP_N_ROLES; role++)
      {
        g_autofree char *other = NULL;

        if (!cell_changed (self, layer, role))
          continue;
        other = describe_cell (self, layer, role);
        if (!g_str_equal (other, what))
          /* translators: a place such as "fc2 " or nothing, and how many cells changed */
          return g_strdup_printf (ngettext ("%s%u change", "%s%u changes", self->n_cells),
                                  place,
                                  self->n_cells);
      }
  if (self->n_cells > 1 && *place == '\0')
    /* translators: rounding or word length of many tensors, as in "all 12→5" */
    return g_strdup_printf (_ ("all %s"), what);
  return g_strconcat (place, what, NULL);
}

/* "training.rate=0.05" as "rate 0.05". */
static char *
describe_plain (const char *change)
{
  const char *dot = strchr (change, '.');
  char *text = g_strdup (dot != NULL ? dot + 1 : change);

  return g_strdelimit (text, "=", ' ');
}

char *
fxu_change_label (FxpExperiment *before, FxpExperiment *after)
{
  g_auto (GStrv) changes = NULL;
  guint n_plain = 0;
  const char *plain = NULL;
  Cells cells;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  changes = fxp_experiment_diff (before, after);
  for (guint i = 0; changes[i] != NULL; i++)
    if (!g_str_has_prefix (changes[i], "precision."))
      {
        plain = changes[i];
        n_plain++;
      }

  if (fxp_experiment_get_n_weighted (before) == fxp_experiment_get_n_weighted (after))
    cells = find_cells (before, after);
  else
    cells = (Cells){.n_cells = 0};

  if (n_plain + cells.n_cells == 0)
    return NULL;
  if (n_plain == 1 && cells.n_cells == 0)
    return describe_plain (plain);
  if (n_plain == 0)
    return describe_cells (&cells);
  return g_strdup_printf (ngettext ("%u change", "%u changes", n_plain + cells.n_cells),
                          n_plain + cells.n_cells);
}

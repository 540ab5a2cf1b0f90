/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/parameter-private.h"

#include <math.h>

FxpParameter *
fxp_parameter_new (FxpCell *cell, gsize n, float value)
{
  FxpParameter *self = g_new0 (FxpParameter, 1);
  FxpShape shape = FXP_SHAPE_1 (n);
  float *masters;

  self->cell = cell;
  self->masters = fxp_tensor_new (&shape, FXP_FORMAT_FLOAT);
  self->values = g_new (double, n);
  self->used = g_new (double, n);
  self->gradient = g_new0 (double, n);
  masters = self->masters->data;
  for (gsize i = 0; i < n; i++)
    masters[i] = value;
  fxp_parameter_refresh (self);
  return self;
}

void
fxp_parameter_free (FxpParameter *self)
{
  if (self == NULL)
    return;

  fxp_tensor_free (self->masters);
  fxp_tensor_free (self->momentum);
  g_free (self->values);
  g_free (self->used);
  g_free (self->gradient);
  g_free (self);
}

void
fxp_parameter_set_momentum (FxpParameter *self, gboolean has_momentum)
{
  if (!has_momentum)
    g_clear_pointer (&self->momentum, fxp_tensor_free);
  else if (self->momentum == NULL)
    self->momentum = fxp_tensor_new (&self->masters->shape, FXP_FORMAT_FLOAT);
}

void
fxp_parameter_refresh (FxpParameter *self)
{
  fxp_format_decode (FXP_FORMAT_FLOAT, self->masters->data, self->masters->n, self->values);
}

const double *
fxp_parameter_quantize (FxpParameter *self, const FxpPass *pass)
{
  gsize n = self->masters->n;
  gpointer codes;

  if (fxp_format_is_float (self->cell->quantizer.format))
    {
      /* The masters are float32 already. */
      self->cell->counts.n += n;
      fxp_cell_probe (self->cell, pass, self->values, NULL, n);
      return self->values;
    }

  codes = fxp_scratch_get (pass->scratch, FXP_SLOT_ARRANGED, n * 4);
  fxp_cell_quantize (self->cell, pass, FXP_STREAM_QUANTIZE, self->values, codes, n);
  fxp_cell_look (self->cell, pass, codes, n);
  fxp_format_decode (self->cell->quantizer.format, codes, n, self->used);
  return self->used;
}

/* v' = float32 (mu v + d), and d becomes v'. */
static double
gather_momentum (FxpParameter *self, gsize i, double momentum)
{
  float *gathered = self->momentum->data;
  double kept = momentum * gathered[i];

  gathered[i] = (float)(kept + self->gradient[i]);
  return gathered[i];
}

void
fxp_parameter_update (FxpParameter *self, double rate, const FxpPass *pass)
{
  float *masters = self->masters->data;
  gboolean is_finite = TRUE;

  for (gsize i = 0; i < self->masters->n; i++)
    {
      double gradient =
        self->momentum != NULL ? gather_momentum (self, i, pass->momentum) : self->gradient[i];
      double update = rate * gradient;
      double value = self->values[i] - update;

      masters[i] = (float)(self->clips ? fxp_clip_learnt (value) : value);
      self->values[i] = masters[i];
      is_finite = is_finite && isfinite (masters[i]);
    }
  if (G_UNLIKELY (!is_finite))
    fxp_cell_note_nonfinite (self->cell, pass);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"
#include "tensor/stopwatch-private.h"

#include <math.h>

/* TernGrad (Wen et al. 2017, equations 3 to 5): G_W keeps its mean and the sign of what is left of
 * it, at two bits an element. */

typedef struct
{
  FxpPieces parent;
  FxpTensor *gradient;
  double peak; /* s */
  FxpNoise noise;
} Thinning;

static void
find_peak (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Thinning *self = (const Thinning *)pieces;
  double values[FXP_PIECE];

  fxp_format_decode (self->gradient->format, fxp_tensor_at (self->gradient, first), n, values);
  for (gsize i = 0; i < n; i++)
    {
      const double magnitude = fabs (values[i]);

      tally->peak = magnitude > tally->peak ? magnitude : tally->peak;
    }
}

/* What comes of it is on the grid, so nothing is rounded on the way back to codes. */
static void
thin_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Thinning *self = (const Thinning *)pieces;
  const FxpQuantizer exactly = {
    self->gradient->format,
    FXP_ROUND_NEAREST_EVEN,
    FXP_OVERFLOW_SATURATE,
  };
  gpointer codes = fxp_tensor_at (self->gradient, first);
  double values[FXP_PIECE];
  FxpQuantizeCounts ignored = {0};

  fxp_format_decode (self->gradient->format, codes, n, values);
  for (gsize i = 0; i < n; i++)
    {
      const double magnitude = fabs (values[i]);
      const double draw = (double)fxp_noise_draw (self->noise, (guint32)(first + i));

      if (magnitude >= self->peak || draw < floor (magnitude / self->peak * 0x1p32))
        values[i] = copysign (self->peak, values[i]);
      else if (!isnan (magnitude))
        values[i] = 0.0;
    }
  fxp_quantizer_apply (&exactly, NULL, values, codes, first, n, &ignored, NULL);
}

void
fxp_weights_thin_gradient (FxpWeights *self, const FxpPass *pass)
{
  const FxpTensorId id = self->cells[FXP_ROLE_WEIGHT_GRAD].id;
  const FxpStep *step = &pass->step;
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  FxpTally total;
  Thinning thinning = {
    .parent = {.func = find_peak},
    .gradient = self->gradient,
    .noise = fxp_noise_new (step->seed, step->step, id.layer, id.role, FXP_STREAM_TERNARY),
  };

  fxp_pieces_run (&thinning.parent, self->gradient->n, pass, &total);
  /* The least code of a word has no positive counterpart. */
  thinning.peak = MIN (total.peak, fxp_format_get_max (self->gradient->format));
  if (thinning.peak > 0.0)
    {
      thinning.parent.func = thin_piece;
      fxp_pieces_run (&thinning.parent, self->gradient->n, pass, &total);
    }
  fxp_stopwatch_enter (stage);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/palette.h"

#define N_CATEGORIES 10
/* Where amounts pass their blue, and how far beyond it the greatest lies. */
#define AMOUNT_BLUE  0.6
#define AMOUNT_REACH 0.75
/* Categories of signed values. */
#define POSITIVE 0
#define NEGATIVE 1
#define N_PALETTES   4

#define RGB(code)                                                                                  \
  {                                                                                                \
    (((code) >> 16) & 0xff) / 255.0, (((code) >> 8) & 0xff) / 255.0, ((code)&0xff) / 255.0, 1.0    \
  }

/* Order: light, dark, light with high contrast, dark with high contrast. */
static const FxuPalette palettes[N_PALETTES] = {
  {
    .hues =
      {
        [FXU_HUE_FIXED] = RGB (0x6b3fa0),
        [FXU_HUE_TWIN] = RGB (0x6e7781),
        [FXU_HUE_OK] = RGB (0x1a6fb5),
        [FXU_HUE_OVER] = RGB (0xc8281e),
        [FXU_HUE_UNDER] = RGB (0xb58100),
        [FXU_HUE_TEXT] = RGB (0x1f2328),
        [FXU_HUE_DIM] = RGB (0x59626d),
        [FXU_HUE_GRID] = RGB (0xe4e7eb),
        [FXU_HUE_SURFACE] = RGB (0xffffff),
        [FXU_HUE_MARK] = RGB (0x0a7570),
      },
    .is_dark = FALSE,
  },
  {
    .hues =
      {
        [FXU_HUE_FIXED] = RGB (0xc3a2ff),
        [FXU_HUE_TWIN] = RGB (0xa3abb5),
        [FXU_HUE_OK] = RGB (0x62b0f2),
        [FXU_HUE_OVER] = RGB (0xff7568),
        [FXU_HUE_UNDER] = RGB (0xf0c64b),
        [FXU_HUE_TEXT] = RGB (0xeef1f4),
        [FXU_HUE_DIM] = RGB (0xaab2bc),
        [FXU_HUE_GRID] = RGB (0x34393f),
        [FXU_HUE_SURFACE] = RGB (0x1e2125),
        [FXU_HUE_MARK] = RGB (0x55d0c4),
      },
    .is_dark = TRUE,
  },
  {
    .hues =
      {
        [FXU_HUE_FIXED] = RGB (0x4b1d85),
        [FXU_HUE_TWIN] = RGB (0x464c53),
        [FXU_HUE_OK] = RGB (0x004f91),
        [FXU_HUE_OVER] = RGB (0xa30f08),
        [FXU_HUE_UNDER] = RGB (0x7d5700),
        [FXU_HUE_TEXT] = RGB (0x000000),
        [FXU_HUE_DIM] = RGB (0x2a2e33),
        [FXU_HUE_GRID] = RGB (0xa6abb1),
        [FXU_HUE_SURFACE] = RGB (0xffffff),
        [FXU_HUE_MARK] = RGB (0x00524e),
      },
    .is_dark = FALSE,
  },
  {
    .hues =
      {
        [FXU_HUE_FIXED] = RGB (0xdac6ff),
        [FXU_HUE_TWIN] = RGB (0xd0d5da),
        [FXU_HUE_OK] = RGB (0x8fcaff),
        [FXU_HUE_OVER] = RGB (0xff9c91),
        [FXU_HUE_UNDER] = RGB (0xffdc6e),
        [FXU_HUE_TEXT] = RGB (0xffffff),
        [FXU_HUE_DIM] = RGB (0xe0e4e8),
        [FXU_HUE_GRID] = RGB (0x6d747c),
        [FXU_HUE_SURFACE] = RGB (0x000000),
        [FXU_HUE_MARK] = RGB (0x7df0e4),
      },
    .is_dark = TRUE,
  },
};

/* After Okabe and Ito, and Tol, darkened or lightened until each stands out from the surface. */
static const FxuColor categories[N_PALETTES][N_CATEGORIES] = {
  {RGB (0x0072b2),
   RGB (0xd55e00),
   RGB (0x008f68),
   RGB (0xb4508a),
   RGB (0xa67700),
   RGB (0x4a3aa7),
   RGB (0x1f8fb8),
   RGB (0x882255),
   RGB (0x767b1c),
   RGB (0x6b4a35)},
  {RGB (0x56b4e9),
   RGB (0xff8f45),
   RGB (0x2fca9c),
   RGB (0xe69bc6),
   RGB (0xe8bf3f),
   RGB (0xa599ff),
   RGB (0x83e2f2),
   RGB (0xe27a9d),
   RGB (0xc6cc5c),
   RGB (0xcba98f)},
  {RGB (0x005488),
   RGB (0xa84400),
   RGB (0x00664a),
   RGB (0x8c2f66),
   RGB (0x735200),
   RGB (0x332288),
   RGB (0x0f6583),
   RGB (0x6b1742),
   RGB (0x54580f),
   RGB (0x503523)},
  {RGB (0x86cdf7),
   RGB (0xffac75),
   RGB (0x5fe6bd),
   RGB (0xf7bbdd),
   RGB (0xfcdc74),
   RGB (0xc4bbff),
   RGB (0xaef0fb),
   RGB (0xf7a3bf),
   RGB (0xdfe486),
   RGB (0xe2c6b1)},
};

const FxuPalette *
fxu_palette_get (gboolean dark, gboolean high_contrast)
{
  return &palettes[(high_contrast ? 2 : 0) + (dark ? 1 : 0)];
}

static guint
get_index (const FxuPalette *self)
{
  for (guint i = 0; i < N_PALETTES; i++)
    if (self == &palettes[i])
      return i;
  return self->is_dark ? 1 : 0;
}

FxuColor
fxu_palette_get_category (const FxuPalette *self, guint i)
{
  g_return_val_if_fail (self != NULL, palettes[0].hues[FXU_HUE_TEXT]);

  return categories[get_index (self)][i % N_CATEGORIES];
}

static gboolean
color_equal (const FxuColor *a, const FxuColor *b)
{
  return a->red == b->red && a->green == b->green && a->blue == b->blue && a->alpha == b->alpha;
}

FxuColor
fxu_palette_adapt (const FxuPalette *self, FxuColor color)
{
  g_return_val_if_fail (self != NULL, color);

  for (guint p = 0; p < N_PALETTES; p++)
    {
      for (guint i = 0; i < FXU_N_HUES; i++)
        if (color_equal (&color, &palettes[p].hues[i]))
          return self->hues[i];
      for (guint i = 0; i < N_CATEGORIES; i++)
        if (color_equal (&color, &categories[p][i]))
          return categories[get_index (self)][i];
    }
  return color;
}

FxuColor
fxu_palette_mix (FxuColor from, FxuColor to, double share)
{
  return (FxuColor){
    .red = from.red + share * (to.red - from.red),
    .green = from.green + share * (to.green - from.green),
    .blue = from.blue + share * (to.blue - from.blue),
    .alpha = from.alpha + share * (to.alpha - from.alpha),
  };
}

FxuColor
fxu_palette_get_amount (const FxuPalette *self, double share)
{
  FxuColor blue, most;

  g_return_val_if_fail (self != NULL, palettes[0].hues[FXU_HUE_SURFACE]);

  blue = self->hues[FXU_HUE_OK];
  most = fxu_palette_mix (blue, self->hues[FXU_HUE_TEXT], AMOUNT_REACH);
  share = CLAMP (share, 0.0, 1.0);
  if (share <= AMOUNT_BLUE)
    return fxu_palette_mix (self->hues[FXU_HUE_SURFACE], blue, share / AMOUNT_BLUE);
  return fxu_palette_mix (blue, most, (share - AMOUNT_BLUE) / (1.0 - AMOUNT_BLUE));
}

FxuColor
fxu_palette_get_signed (const FxuPalette *self, double value)
{
  FxuColor end;

  g_return_val_if_fail (self != NULL, palettes[0].hues[FXU_HUE_SURFACE]);

  end = fxu_palette_get_category (self, value < 0.0 ? NEGATIVE : POSITIVE);
  return fxu_palette_mix (self->hues[FXU_HUE_SURFACE], end, CLAMP (ABS (value), 0.0, 1.0));
}

FxuColor
fxu_palette_get_text_on (FxuColor ground)
{
  double light = 0.30 * ground.red + 0.59 * ground.green + 0.11 * ground.blue;
  double text = light > 0.55 ? 0.05 : 1.0;

  return (FxuColor){text, text, text, 1.0};
}

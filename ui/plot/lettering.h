/* SPDX-License-Identifier: MIT */
/* Text in drawings: three faces of one size, measured and drawn alike on every surface.  Pango and
 * Cairo, no GTK. */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef enum
{
  FXU_FACE_NORMAL,
  FXU_FACE_SMALL,
  FXU_FACE_BOLD,
  FXU_N_FACES
} FxuFace;

/* Lives on the stack between init and clear, on one thread. */
typedef struct
{
  double size; /* pixels per em of the normal face */
  PangoLayout *layouts[FXU_N_FACES];
  double ascents[FXU_N_FACES];
  double descents[FXU_N_FACES];
} FxuLettering;

void fxu_lettering_init (FxuLettering *self, double size);
void fxu_lettering_clear (FxuLettering *self);
/* A size that suits a drawing of @width x @height. */
double fxu_lettering_choose_size (double width, double height);

double fxu_lettering_get_height (const FxuLettering *self, FxuFace face);
double fxu_lettering_measure (const FxuLettering *self, FxuFace face, const char *text);
/* Draws in the current source; @align is the share of the width left of @x (0: begins there, 1:
 * ends there), @baseline its y.  Wider than @max_width it is shortened; pass INFINITY for any.
 * Returns the width drawn. */
double fxu_lettering_draw (const FxuLettering *self,
                           cairo_t *cr,
                           FxuFace face,
                           const char *text,
                           double x,
                           double baseline,
                           double align,
                           double max_width);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxuLettering, fxu_lettering_clear)

G_END_DECLS

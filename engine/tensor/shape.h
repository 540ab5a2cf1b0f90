/* SPDX-License-Identifier: MIT */
/* Sizes of an array, outermost first.  Plain value. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FXP_RANK_MAX 4

typedef struct
{
  guint rank; /* 1..4 */
  gsize dim[FXP_RANK_MAX];
} FxpShape;

#define FXP_SHAPE_1(a) ((FxpShape){ 1, { (a) } })
#define FXP_SHAPE_2(a, b) ((FxpShape){ 2, { (a), (b) } })
#define FXP_SHAPE_3(a, b, c) ((FxpShape){ 3, { (a), (b), (c) } })
#define FXP_SHAPE_4(a, b, c, d) ((FxpShape){ 4, { (a), (b), (c), (d) } })

gsize fxp_shape_get_n (const FxpShape *self);
gboolean fxp_shape_equal (const FxpShape *a, const FxpShape *b);
/* "1x28x28" */
char *fxp_shape_to_string (const FxpShape *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

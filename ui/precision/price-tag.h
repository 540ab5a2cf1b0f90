/* SPDX-License-Identifier: MIT */
/* What the experiment's precision costs beside 32-bit float (Sakr & Shanbhag 2019, 4.3): a bar for
 * each measure, which follows every edit at once. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PRICE_TAG (fxu_price_tag_get_type ())
G_DECLARE_FINAL_TYPE (FxuPriceTag, fxu_price_tag, FXU, PRICE_TAG, GtkWidget)

GtkWidget *fxu_price_tag_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* "C_W 0.23, C_A 0.26, C_M 0.13, C_C 0.19": shares of float's; empty while nothing is known. */
char *fxu_price_tag_describe (FxuPriceTag *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* A tensor's values by binade, signs and zeros kept, under the window of its number format. */
#pragma once

#include "fxp.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_HISTOGRAM (fxu_histogram_get_type ())
G_DECLARE_FINAL_TYPE (FxuHistogram, fxu_histogram, FXU, HISTOGRAM, FxuPicture)

GtkWidget *fxu_histogram_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Statistics and the quantizer whose window (least step .. range) is drawn over them, bars coloured
 * ok / over / under by what would become of them.  NULL clears.  Copied. */
void fxu_histogram_set (FxuHistogram *self, const FxpStatistics *statistics, const FxpQuantizer *quantizer);

/* Signal "format-edited" (FxpQuantizer *quantizer, gboolean done): the user drags an edge (word
 * length) or the body (binary point) of the window, or uses the arrow keys: alone they move the
 * step, with Control the range, with Shift the body; done is TRUE at the end of a drag and of a
 * key.  A drag given up by Escape ends with the quantizer it began with. */

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* The drawing of a network: a box per layer with weights or pooling, what follows it as strips
 * inside, and the ways around residual blocks.  Cairo and Pango only, no GTK. */
#pragma once

#include "plot/palette.h"
#include "precision/health.h"

G_BEGIN_DECLS

typedef struct _FxuNetworkDiagram FxuNetworkDiagram;

FxuNetworkDiagram *fxu_network_diagram_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_network_diagram_free (FxuNetworkDiagram *self);
/* @input: shape of one sample.  A network that does not fit it, or NULL, leaves the drawing empty.
 */
void fxu_network_diagram_set_network (FxuNetworkDiagram *self,
                                      FxpTopology *topology,
                                      const FxpShape *input,
                                      FxpActivation activation);
/* The worst of a layer's tensors; TRUE if it looks different from before. */
gboolean fxu_network_diagram_set_verdict (FxuNetworkDiagram *self,
                                          guint weighted,
                                          const FxuVerdict *verdict);
void fxu_network_diagram_select (FxuNetworkDiagram *self, guint weighted);
guint fxu_network_diagram_get_selected (const FxuNetworkDiagram *self);

/* Room that shows everything. */
void fxu_network_diagram_measure (const FxuNetworkDiagram *self, double *width, double *height);
/* The layer with weights whose box is at a place of a drawing @height high; FALSE if there is
 * none. */
gboolean fxu_network_diagram_find (const FxuNetworkDiagram *self,
                                   double height,
                                   double x,
                                   double y,
                                   guint *weighted);
/* From where to where a layer's box reaches across; FALSE if there is none. */
gboolean fxu_network_diagram_get_span (const FxuNetworkDiagram *self,
                                       guint weighted,
                                       double *begin,
                                       double *end);
void fxu_network_diagram_draw (const FxuNetworkDiagram *self,
                               cairo_t *cr,
                               double width,
                               double height,
                               const FxuPalette *palette);
/* The selected layer in one sentence: shape, work, parameters and how it is. */
char *fxu_network_diagram_describe (const FxuNetworkDiagram *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuNetworkDiagram, fxu_network_diagram_free)

G_END_DECLS

/* SPDX-License-Identifier: MIT */
/* Keeps the clusters of a network at the newest options, without the main thread waiting: what is
 * asked for while some are being made is made once, afterwards.  Of FxuConversion alone; main
 * thread. */
#pragma once

#include "clustering.h"

G_BEGIN_DECLS

typedef struct _FxuClusterer FxuClusterer;

/* @done: other clusters, or another refusal. */
FxuClusterer *
fxu_clusterer_new (void (*done) (gpointer data), gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* It may outlive this while some are being made, but tells of nothing any more. */
void fxu_clusterer_free (FxuClusterer *self);
/* @trained NULL: none any more, at once. */
void
fxu_clusterer_want (FxuClusterer *self, FxpTrained *trained, const FxpConversionOptions *options);
/* The newest there are, perhaps of options before; NULL before and where they are refused.
 * Borrowed. */
FxuClustering *fxu_clusterer_get (FxuClusterer *self);
/* Why there are none: one sentence, or NULL. */
const char *fxu_clusterer_get_refusal (FxuClusterer *self);

G_END_DECLS

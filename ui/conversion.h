/* SPDX-License-Identifier: MIT */
/* Converting what the run has learnt to few-bit weights and integer inference (Mellempudi et al.
 * 2017) for the session: source, options, the clusters they give at once, and what the long steps
 * found.  One per session, which owns it.  Main thread. */
#pragma once

#include "clustering.h"
#include "conversion-job.h"

G_BEGIN_DECLS

#define FXU_TYPE_CONVERSION (fxu_conversion_get_type ())
G_DECLARE_FINAL_TYPE (FxuConversion, fxu_conversion, FXU, CONVERSION, GObject)

typedef struct _FxuSession FxuSession;

/* Signals:
 *   "clustered"  fxu_conversion_get_clustering() is another one
 *   "changed"    options, source or anything found are others
 *   "progress"   fxu_conversion_get_activity() tells something new; scores so far may be others */

FxuConversion *fxu_conversion_new (FxuSession *session, guint n_threads) G_GNUC_WARN_UNUSED_RESULT;
/* Gives up what is under way. */
void fxu_conversion_stop (FxuConversion *self);

/* Somebody looks: takes what the run has learnt, where nothing of it was taken yet or it was
 * another run.  A run that only trains on is taken anew with the next conversion. */
void fxu_conversion_look (FxuConversion *self);
/* What is converted; NULL before.  Borrowed. */
FxpTrained *fxu_conversion_get_trained (FxuConversion *self);
/* After how many epochs it was taken, and whether the run has trained on since. */
double fxu_conversion_get_epoch (FxuConversion *self, gboolean *is_behind);
/* Whether there is batch normalization to estimate anew. */
gboolean fxu_conversion_has_normalization (FxuConversion *self);

const FxpConversionOptions *fxu_conversion_get_options (FxuConversion *self); /* borrowed */
/* Weights are clustered anew at once.  Results stay and become stale.  FALSE after the session's
 * "failed". */
gboolean fxu_conversion_set_options (FxuConversion *self, const FxpConversionOptions *options);
/* Of the test set, what accuracies are measured on; 0: all. */
guint64 fxu_conversion_get_n_images (FxuConversion *self);
void fxu_conversion_set_n_images (FxuConversion *self, guint64 n_images);
/* Steps of fine-tuning, 1 to those of an epoch. */
guint64 fxu_conversion_get_n_steps (FxuConversion *self);
void fxu_conversion_set_n_steps (FxuConversion *self, guint64 n_steps);
guint64 fxu_conversion_get_max_steps (FxuConversion *self);
#define FXU_RATE_MAX 100.0 /* as on the command line */

/* Rate of fine-tuning, to FXU_RATE_MAX; 0: the default. */
double fxu_conversion_get_rate (FxuConversion *self);
void fxu_conversion_set_rate (FxuConversion *self, double rate);
/* What the default comes to; 0 while nothing is known to fine-tune. */
double fxu_conversion_get_default_rate (FxuConversion *self);
/* Whether a sweep fine-tunes each N. */
gboolean fxu_conversion_get_sweep_tunes (FxuConversion *self);
void fxu_conversion_set_sweep_tunes (FxuConversion *self, gboolean sweep_tunes);

/* The newest clusters of source and options; NULL before, and where they are refused.  Borrowed. */
FxuClustering *fxu_conversion_get_clustering (FxuConversion *self);
/* Why the network has no clusters with these options: one sentence, or NULL. */
const char *fxu_conversion_get_refusal (FxuConversion *self);
/* Layers of the network to count with; NULL before.  Borrowed. */
FxpWork *fxu_conversion_get_work (FxuConversion *self);
/* Operations with the present options but clusters of @size. */
FxpOperations fxu_conversion_count (FxuConversion *self, guint size);

/* @is_stale: found with other options or of another source; may be NULL. */
FxuScore fxu_conversion_get_score (FxuConversion *self, FxuStage stage, gboolean *is_stale);
/* Of which stage's model; n 0: none yet. */
FxpInferenceResult
fxu_conversion_get_certificate (FxuConversion *self, FxuStage *stage, gboolean *is_stale);
/* How far the certificate is in: it counts only once whole. */
typedef enum
{
  FXU_CERTIFICATE_NONE,
  FXU_CERTIFICATE_UNDER_WAY,
  FXU_CERTIFICATE_STOPPED, /* given up with images left */
  FXU_CERTIFICATE_WHOLE
} FxuCertificateState;

/* @n_images: those it is to be of; may be NULL. */
FxuCertificateState fxu_conversion_get_certificate_state (FxuConversion *self, guint64 *n_images);
/* Which model would be certified: the best one that is not stale, or FXU_STAGE_FLOAT for none. */
FxuStage fxu_conversion_get_best (FxuConversion *self);
/* Writes that model, as the command line's convert does, on a thread; failures come as the
 * session's "failed", and leave an older file as it was. */
void fxu_conversion_save (FxuConversion *self, GFile *file);
/* NULL if there is a model to save; else why not, translated. */
const char *fxu_conversion_explain_save (FxuConversion *self);
/* Of a stage but the float one; NULL before, and where it is stale.  Borrowed. */
FxpModel *fxu_conversion_get_model (FxuConversion *self, FxuStage stage);
/* What fine-tuning told last; n_steps 0: nothing. */
FxpFineTuningResult fxu_conversion_get_tuning (FxuConversion *self);
/* Those known so far, by rising N; their accuracy of the float network is that of
 * fxu_conversion_get_score(). */
const FxuSweepPoint *
fxu_conversion_get_points (FxuConversion *self, guint *n_points, gboolean *is_stale);

/* Begins, in place of what is under way; failures come as the session's "failed", with nothing
 * lost. */
void fxu_conversion_start (FxuConversion *self, FxuJobKind kind);
/* NULL if @kind can be started now; else why not, translated. */
const char *fxu_conversion_explain (FxuConversion *self, FxuJobKind kind);
void fxu_conversion_cancel (FxuConversion *self);
/* @share: done, 0..1; @sweep_size: N under way, or 0; both may be NULL. */
FxuActivity fxu_conversion_get_activity (FxuConversion *self, double *share, guint *sweep_size);

G_END_DECLS

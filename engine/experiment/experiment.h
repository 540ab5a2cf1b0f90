/* SPDX-License-Identifier: MIT */
/* Every setting of a run.  Immutable and atomically ref-counted: any thread may read it, every
 * "with" returns a new one, an undo stack is an array of pointers. */
#pragma once

#include "experiment/precision.h"
#include "experiment/topology.h"

G_BEGIN_DECLS

#define FXP_EXPERIMENT_VERSION 1

typedef enum
{
  FXP_ACTIVATION_RELU,         /* max (z, 0) */
  FXP_ACTIVATION_CLIPPED_RELU, /* min (max (z, 0), 2), first paper 1.3 */
  FXP_ACTIVATION_TANH,
  FXP_N_ACTIVATIONS
} FxpActivation;

const char *fxp_activation_get_nick (FxpActivation self); /* "relu", "clipped-relu", "tanh" */
gboolean fxp_activation_parse (const char *text, FxpActivation *activation, GError **error);

/* The plain settings; keys in files and `--set` are named as "group.key" at each field. */
typedef struct
{
  char *title;             /* experiment.title */
  char *description;       /* experiment.description, one sentence */
  guint64 seed;            /* experiment.seed */
  char *dataset_name;      /* dataset.name: a built-in set, or NULL */
  char *dataset_path;      /* dataset.path: a file or folder, or NULL; exactly one of both */
  guint dataset_samples;   /* dataset.samples: of generated sets, 10..1000000, default 500 */
  double dataset_noise;    /* dataset.noise: of generated sets, percent 0..50, default 0 */
  double dataset_test_share; /* dataset.test-share: 0.05..0.95, default 0.5, where the data come undivided */
  FxpActivation activation; /* network.activation */
  double rate;             /* training.rate: learning rate, > 0 and finite, <= 1e6 */
  guint batch;             /* training.batch: 1..65536 */
  guint epochs;            /* training.epochs: 1..1000000000, where a headless run ends */
  gboolean twin;           /* training.twin: the float twin runs in lockstep */
  guint evaluate_every;    /* training.evaluate-every: epochs between test evaluations, >= 1 */
  guint record_every;      /* training.record-every: steps between records, >= 1 */
  guint statistics_every;  /* training.statistics-every: steps between probed steps, >= 1 */
} FxpSettings;

typedef struct _FxpExperiment FxpExperiment;

/* The default toy: spiral, 2-8-8-2, 12-bit words. */
FxpExperiment *fxp_experiment_new (void) G_GNUC_WARN_UNUSED_RESULT;
FxpExperiment *fxp_experiment_ref (FxpExperiment *self);
void fxp_experiment_unref (FxpExperiment *self);

const FxpSettings *fxp_experiment_get_settings (const FxpExperiment *self);
FxpTopology *fxp_experiment_get_topology (const FxpExperiment *self); /* borrowed; key network.topology */
guint fxp_experiment_get_n_weighted (const FxpExperiment *self);
const FxpLayerPrecision *fxp_experiment_get_precision (const FxpExperiment *self, guint layer);
const FxpQuantizer *fxp_experiment_get_quantizer (const FxpExperiment *self, FxpTensorId id);
gboolean fxp_experiment_equal (const FxpExperiment *a, const FxpExperiment *b);
/* TRUE when going from @a to @b needs other data, another network or other initial weights (seed),
 * so that it can only happen by a reset; everything else is applied live. */
gboolean fxp_experiment_needs_reset (const FxpExperiment *a, const FxpExperiment *b);
/* What differs, one "key=value" (of @b) per element in file order; NULL-terminated.  One element with
 * layer `*` where several layers change to a value that all have; set one after the other over @a
 * they give @b. */
char **fxp_experiment_diff (const FxpExperiment *a, const FxpExperiment *b) G_GNUC_WARN_UNUSED_RESULT;

/* New experiment with one cell changed. @layer -1 changes every layer. Validated by caller. */
FxpExperiment *fxp_experiment_with_quantizer (FxpExperiment *self, int layer, FxpRole role, const FxpQuantizer *quantizer) G_GNUC_WARN_UNUSED_RESULT;
FxpExperiment *fxp_experiment_with_sum (FxpExperiment *self, int layer, const FxpSumRegister *sum) G_GNUC_WARN_UNUSED_RESULT;
/* New experiment with one key set from text, as in files and `--set`: "training.rate", "0.1".
 * Precision keys: `precision.LAYER.ROLE.FIELD`, LAYER 1.. or `*`, ROLE a nick, `sum` or `*`
 * (every role but bias and sum), FIELD format, rounding, overflow, bits (word length with the
 * integer bits kept), or for sum: register, bits.  Setting network.topology keeps the precision of
 * layers that remain and repeats the last hidden row for new ones.
 * Errors name the key, what was found and what was expected. */
FxpExperiment *fxp_experiment_with_value (FxpExperiment *self, const char *key, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The value of a key as fxp_experiment_with_value() takes it; NULL where it is not set, where the
 * cells that `*` stands for differ, and where there is no such key. */
char *fxp_experiment_get_value (const FxpExperiment *self, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* experiment-file: the text form (GKeyFile, `version=` first).  Errors name line and key. */
FxpExperiment *fxp_experiment_new_from_data (const char *text, gssize length, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *fxp_experiment_to_data (const FxpExperiment *self) G_GNUC_WARN_UNUSED_RESULT;
/* A relative dataset.path in the file is taken from the file's folder and made absolute. */
FxpExperiment *fxp_experiment_load (GFile *file, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes beside and renames: the old file stays whole until the new one is. */
gboolean fxp_experiment_save (const FxpExperiment *self, GFile *file, GCancellable *cancellable, GError **error);

/* presets: experiments that ship with the program, from the resource folder presets/. */
char **fxp_presets_list (void) G_GNUC_WARN_UNUSED_RESULT; /* names, in order of the file `order` */
FxpExperiment *fxp_preset_load (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpExperiment, fxp_experiment_unref)

G_END_DECLS

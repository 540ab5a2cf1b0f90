/* SPDX-License-Identifier: MIT */
/* Every setting of a run.  Immutable and atomically ref-counted: any thread may read it, every
 * "with" returns a new one, an undo stack is an array of pointers. */
#pragma once

#include "experiment/precision.h"
#include "number/cluster.h"
#include "experiment/topology.h"

G_BEGIN_DECLS

#define FXP_EXPERIMENT_VERSION 1

typedef enum
{
  FXP_ACTIVATION_RELU,         /* max (z, 0) */
  FXP_ACTIVATION_CLIPPED_RELU, /* min (max (z, 0), 2), first paper 1.3 */
  FXP_ACTIVATION_TANH,
  FXP_ACTIVATION_HARD_TANH, /* min (max (z, -1), 1) of binarized networks (Hubara et al. 2016) */
  FXP_N_ACTIVATIONS
} FxpActivation;

const char *fxp_activation_get_nick (FxpActivation self); /* "relu", "clipped-relu", ... */
gboolean fxp_activation_parse (const char *text, FxpActivation *activation, GError **error);

/* How the learning rate goes with the steps of a run, counted from its beginning. */
typedef enum
{
  FXP_SCHEDULE_CONSTANT,
  FXP_SCHEDULE_STEPS,  /* times the factor at each of the schedule's steps */
  FXP_SCHEDULE_COSINE, /* half a cosine from the rate to factor times it at the last of the steps */
  FXP_N_SCHEDULES
} FxpSchedule;

const char *fxp_schedule_get_nick (FxpSchedule self); /* "constant", "steps", "cosine" */
gboolean fxp_schedule_parse (const char *text, FxpSchedule *schedule, GError **error);

#define FXP_SCHEDULE_STEPS_MAX 16

/* What is made of G_W, once it is quantized, before weights learn from it. */
typedef enum
{
  FXP_GRADIENTS_PLAIN,   /* nothing */
  FXP_GRADIENTS_TERNARY, /* s sign (g) with probability |g| / s, else 0; s = max |g| of the tensor
                          * (TernGrad, Wen et al. 2017) */
  FXP_N_GRADIENTS
} FxpGradients;

const char *fxp_gradients_get_nick (FxpGradients self); /* "plain", "ternary" */
gboolean fxp_gradients_parse (const char *text, FxpGradients *gradients, GError **error);

/* What stands for a layer's weights where training.clusters are on and the layer is the last one. */
typedef enum
{
  FXP_LAST_WEIGHTS_FLOAT,    /* as they are (fine-tuning in Mellempudi et al. 2017) */
  FXP_LAST_WEIGHTS_BYTE,     /* 8-bit words, as the first layer's */
  FXP_LAST_WEIGHTS_CLUSTERS, /* clusters, as all others */
  FXP_N_LAST_WEIGHTS
} FxpLastWeights;

const char *fxp_last_weights_get_nick (FxpLastWeights self); /* "float", "8", "clusters" */
gboolean fxp_last_weights_parse (const char *text, FxpLastWeights *last, GError **error);

/* The plain settings; keys in files and `--set` are named as "group.key" at each field. */
typedef struct
{
  char *title;           /* experiment.title */
  char *description;     /* experiment.description, one sentence */
  guint64 seed;          /* experiment.seed */
  char *dataset_name;    /* dataset.name: a built-in or published set, or NULL */
  char *dataset_path;    /* dataset.path: a file or folder, or NULL; exactly one of both */
  guint dataset_samples; /* dataset.samples: of generated sets, 10..1000000, default 500 */
  double dataset_noise;  /* dataset.noise: of generated sets, percent 0..50, default 0 */
  /* dataset.test-share: 0.05..0.95, default 0.5, where the data come undivided */
  double dataset_test_share;
  /* dataset.validation-share: 0..0.5 of what is not test data, default 0 */
  double dataset_validation_share;
  /* dataset.normalize: mean 0 and deviation 1 per channel, over the training data */
  gboolean dataset_normalize;
  gboolean augment_flip; /* augmentation.flip: left-right, every other time by chance */
  /* augmentation.crop: 0..32 zero pixels around, then a crop of the old size by chance */
  guint augment_crop;
  FxpActivation activation; /* network.activation */
  double rate;              /* training.rate: learning rate, > 0 and finite, <= 1e6 */
  FxpSchedule schedule;     /* training.schedule */
  /* training.schedule-steps: rising, 1..10^15, "30000,45000" */
  guint64 schedule_steps[FXP_SCHEDULE_STEPS_MAX];
  guint n_schedule_steps;
  double schedule_factor; /* training.schedule-factor: 0..1, default 0.1 */
  double momentum;        /* training.momentum: 0..0.9999, default 0 */
  double weight_decay;    /* training.weight-decay: 0..1, default 0; of weights alone */
  gboolean clip;          /* training.clip: all that is learnt stays in [-1,1]; default FALSE */
  FxpGradients gradients; /* training.gradients: how G_W reaches the update */
  /* Group clusters: what the fixed-point run computes with in place of W, forward and backward, from
   * W as its master (straight-through; second paper 5).  Keys clusters.method (default none: W
   * itself), clusters.bits, clusters.granularity, clusters.size, clusters.terms,
   * clusters.asymmetric.  The first layer has 8-bit words then. */
  FxpClusterOptions clusters;
  FxpLastWeights last_weights; /* clusters.last: default 8 */
  /* Dynamic fixed point, of cells whose scaling is not fixed: */
  guint scaling_period;    /* training.scaling-period: F, steps, 1..1000000, default 100 */
  double scaling_overflow; /* training.scaling-overflow: M, 0..0.5, default 1e-4 */
  guint batch;            /* training.batch: 1..65536 */
  guint epochs;           /* training.epochs: 1..1000000000, where a headless run ends */
  gboolean twin;          /* training.twin: the float twin runs in lockstep */
  guint evaluate_every;   /* training.evaluate-every: epochs between test evaluations, >= 1 */
  guint record_every;     /* training.record-every: steps between records, >= 1 */
  guint statistics_every; /* training.statistics-every: steps between probed steps, >= 1 */
} FxpSettings;

typedef struct _FxpExperiment FxpExperiment;

/* The default toy: spiral, 2-8-8-2, 12-bit words. */
FxpExperiment *fxp_experiment_new (void) G_GNUC_WARN_UNUSED_RESULT;
FxpExperiment *fxp_experiment_ref (FxpExperiment *self);
void fxp_experiment_unref (FxpExperiment *self);

const FxpSettings *fxp_experiment_get_settings (const FxpExperiment *self);
FxpTopology *
fxp_experiment_get_topology (const FxpExperiment *self); /* borrowed; key network.topology */
guint fxp_experiment_get_n_weighted (const FxpExperiment *self);
const FxpLayerPrecision *fxp_experiment_get_precision (const FxpExperiment *self, guint layer);
/* A tensor that is shared has its owner's quantizer, and so has its cell in the row. */
const FxpQuantizer *fxp_experiment_get_quantizer (const FxpExperiment *self, FxpTensorId id);
/* How the binary point of that format moves; it means nothing where the format is float. */
FxpScaling fxp_experiment_get_scaling (const FxpExperiment *self, FxpTensorId id);
/* Whether the binary point of a tensor moves at all: by a rule of its own, or that of W_acc with
 * W's, as the two are one word. */
gboolean fxp_experiment_moves (const FxpExperiment *self, FxpTensorId id);
/* Whether the network has this tensor at all: no bias where batch normalization follows, no norm,
 * gamma, beta and norm-grad where it does not, no momentum without training.momentum. */
gboolean fxp_experiment_has_tensor (const FxpExperiment *self, FxpTensorId id);
/* The cell a tensor's format is set in: @id itself, or the owner's where a projection shares A or
 * G_A. */
FxpTensorId fxp_experiment_get_owner (const FxpExperiment *self, FxpTensorId id);
/* What products use in place of a layer's weights in the fixed-point run, by group clusters: 8-bit
 * words in the first layer, even if it is the only one, and in the last what clusters.last says.
 * FALSE: the weights themselves.  @options of method none: plain words of their bits and one
 * exponent. */
gboolean fxp_experiment_get_used_weights (const FxpExperiment *self,
                                          guint layer,
                                          FxpClusterOptions *options);
/* The learning rate of @step, 0 being the first: for steps, times the factor once for each of the
 * schedule's steps up to and including @step; for cosine, falling from the rate at 0 to the factor
 * times it at the last of the schedule's steps, T, and staying there: rate (factor + (1 - factor)
 * (1 + cos (pi step / T)) / 2).  Without steps constant.  The same bits on every CPU. */
double fxp_settings_get_rate (const FxpSettings *self, guint64 step);
gboolean fxp_experiment_equal (const FxpExperiment *a, const FxpExperiment *b);
/* TRUE when going from @a to @b needs other data, another network or other initial weights (seed),
 * so that it can only happen by a reset; everything else is applied live. */
gboolean fxp_experiment_needs_reset (const FxpExperiment *a, const FxpExperiment *b);
/* What differs, one "key=value" (of @b) per element in file order; NULL-terminated.  One element
 * with layer `*` where several layers change to a value that all have; set one after the other over
 * @a they give @b. */
char **
fxp_experiment_diff (const FxpExperiment *a, const FxpExperiment *b) G_GNUC_WARN_UNUSED_RESULT;

/* New experiment with one cell changed. @layer -1 changes every layer. Validated by caller.  Where
 * a tensor is shared its owner's cell is set; a tensor that the layer does not have stays as it is.
 */
FxpExperiment *
fxp_experiment_with_quantizer (FxpExperiment *self,
                               int layer,
                               FxpRole role,
                               const FxpQuantizer *quantizer) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise of how the binary point of the cell's format moves. */
FxpExperiment *fxp_experiment_with_scaling (FxpExperiment *self,
                                            int layer,
                                            FxpRole role,
                                            FxpScaling scaling) G_GNUC_WARN_UNUSED_RESULT;
FxpExperiment *fxp_experiment_with_sum (FxpExperiment *self,
                                        int layer,
                                        const FxpSumRegister *sum) G_GNUC_WARN_UNUSED_RESULT;
/* New experiment with one key set from text, as in files and `--set`: "training.rate", "0.1".
 * Precision keys: `precision.LAYER.ROLE.FIELD`, LAYER 1.. or `*`, ROLE a nick, `sum` or `*`
 * (weights, activations, their gradients and the weights' accumulators), FIELD format, rounding,
 * overflow, scaling, bits (word length with the integer bits kept), or for sum: register, bits.
 * `*` means what is there and not shared; a tensor that a layer does not have (bias, norm, ...)
 * cannot be set, and one that is shared sets its owner's. Setting network.topology keeps the
 * precision of layers that remain and repeats the last hidden row for new ones; cells of tensors
 * that are gone are forgotten. Errors name the key, what was found and what was expected. */
FxpExperiment *fxp_experiment_with_value (FxpExperiment *self,
                                          const char *key,
                                          const char *value,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The value of a key as fxp_experiment_with_value() takes it; NULL where it is not set, where the
 * cells that `*` stands for differ, and where there is no such key. */
char *
fxp_experiment_get_value (const FxpExperiment *self, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* experiment-file: the text form (GKeyFile, `version=` first).  Errors name line and key. */
FxpExperiment *fxp_experiment_new_from_data (const char *text,
                                             gssize length,
                                             const char *name,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *fxp_experiment_to_data (const FxpExperiment *self) G_GNUC_WARN_UNUSED_RESULT;
/* A relative dataset.path in the file is taken from the file's folder and made absolute. */
FxpExperiment *fxp_experiment_load (GFile *file,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes beside and renames: the old file stays whole until the new one is. */
gboolean fxp_experiment_save (const FxpExperiment *self,
                              GFile *file,
                              GCancellable *cancellable,
                              GError **error);

/* presets: experiments that ship with the program, from the resource folder presets/. */
char **fxp_presets_list (void) G_GNUC_WARN_UNUSED_RESULT; /* names, in order of the file `order` */
FxpExperiment *fxp_preset_load (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpExperiment, fxp_experiment_unref)

G_END_DECLS

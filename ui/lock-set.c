/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lock-set.h"

struct _FxuLockSet
{
  GHashTable *flags; /* of gboolean arrays, by the text of the topology */
};

FxuLockSet *
fxu_lock_set_new (void)
{
  FxuLockSet *self = g_new0 (FxuLockSet, 1);

  self->flags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
fxu_lock_set_free (FxuLockSet *self)
{
  g_hash_table_unref (self->flags);
  g_free (self);
}

gboolean *
fxu_lock_set_get (FxuLockSet *self, FxpExperiment *experiment)
{
  const char *topology = fxp_topology_get_text (fxp_experiment_get_topology (experiment));
  gboolean *flags = g_hash_table_lookup (self->flags, topology);

  if (flags == NULL)
    {
      flags = g_new0 (gboolean, fxp_experiment_get_n_weighted (experiment) * FXP_N_ROLES);
      g_hash_table_insert (self->flags, g_strdup (topology), flags);
    }
  return flags;
}

gboolean *
fxu_lock_set_at (FxuLockSet *self, FxpExperiment *experiment, FxpTensorId id)
{
  FxpTensorId owner = fxp_experiment_get_owner (experiment, id);

  return &fxu_lock_set_get (self, experiment)[owner.layer * FXP_N_ROLES + owner.role];
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "clusterer.h"

struct _FxuClusterer
{
  int n_references; /* the owner's, and that of what is being made */
  void (*done) (gpointer data);
  gpointer data; /* NULL once freed */

  FxpTrained *trained;          /* wanted; or NULL */
  FxpConversionOptions options; /* likewise */
  gboolean is_making, is_outdated;
  FxuClustering *clustering;
  char *refusal;
};

FxuClusterer *
fxu_clusterer_new (void (*done) (gpointer data), gpointer data)
{
  FxuClusterer *self = g_new0 (FxuClusterer, 1);

  self->n_references = 1;
  self->done = done;
  self->data = data;
  return self;
}

static void
forget (FxuClusterer *self)
{
  g_clear_pointer (&self->trained, fxp_trained_unref);
  g_clear_pointer (&self->clustering, fxu_clustering_unref);
  g_clear_pointer (&self->refusal, g_free);
}

static void
unref (FxuClusterer *self)
{
  if (--self->n_references > 0)
    return;
  forget (self);
  g_free (self);
}

void
fxu_clusterer_free (FxuClusterer *self)
{
  self->data = NULL;
  forget (self);
  unref (self);
}

static void make (FxuClusterer *self);

/* Clusters that are outdated already still show where a slider passes by; a refusal would not, and
 * those of another network are nothing to show. */
static void
made_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  FxuClusterer *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxuClustering) clustering = fxu_clustering_make_finish (result, &error);
  gboolean is_wanted = self->data != NULL && self->trained != NULL;

  self->is_making = FALSE;
  if (is_wanted && self->is_outdated)
    make (self);
  if (is_wanted && (clustering != NULL ? fxu_clustering_get_trained (clustering) == self->trained
                                       : !self->is_making))
    {
      g_clear_pointer (&self->refusal, g_free);
      g_clear_pointer (&self->clustering, fxu_clustering_unref);
      if (clustering == NULL)
        self->refusal = g_strdup (error->message);
      self->clustering = g_steal_pointer (&clustering);
      self->done (self->data);
    }
  unref (self);
}

static void
make (FxuClusterer *self)
{
  self->is_outdated = FALSE;
  self->is_making = TRUE;
  self->n_references++;
  fxu_clustering_make_async (self->trained, &self->options, made_cb, self);
}

void
fxu_clusterer_want (FxuClusterer *self, FxpTrained *trained, const FxpConversionOptions *options)
{
  if (trained == NULL)
    {
      forget (self);
      return;
    }
  fxp_trained_ref (trained);
  g_clear_pointer (&self->trained, fxp_trained_unref);
  self->trained = trained;
  self->options = *options;
  if (self->is_making)
    self->is_outdated = TRUE;
  else
    make (self);
}

FxuClustering *
fxu_clusterer_get (FxuClusterer *self)
{
  return self->clustering;
}

const char *
fxu_clusterer_get_refusal (FxuClusterer *self)
{
  return self->refusal;
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/places-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *name;       /* in dataset.name */
  const char *title;      /* as its authors write it */
  const char *package;    /* of Debian, or NULL */
  const char *folders[6]; /* what people call it, in the order they are tried */
  const char *description;
} Published;

static const Published published[] = {
  {"fashion-mnist",
   "Fashion-MNIST",
   "dataset-fashion-mnist",
   {"fashion-mnist", "Fashion-MNIST", "FashionMNIST", "fashion_mnist"},
   N_ ("70,000 pictures of clothes of 28x28 pixels, ten classes.")},
  {"mnist", "MNIST", NULL, {"mnist", "MNIST"}, N_ ("70,000 handwritten digits of 28x28 pixels.")},
  {"usps",
   "USPS",
   NULL,
   {"usps", "USPS"},
   N_ ("9,298 handwritten digits of 16x16 pixels from envelopes.")},
  {"cifar10",
   "CIFAR-10",
   NULL,
   {"cifar10", "cifar-10", "CIFAR-10", "CIFAR10", "cifar-10-batches-bin"},
   N_ ("60,000 colour pictures of 32x32 pixels, ten classes.")},
  {"cifar100",
   "CIFAR-100",
   NULL,
   {"cifar100", "cifar-100", "CIFAR-100", "CIFAR100", "cifar-100-binary"},
   N_ ("60,000 colour pictures of 32x32 pixels, a hundred classes.")},
  {"svhn",
   "SVHN",
   NULL,
   {"svhn", "SVHN"},
   N_ ("99,289 house numbers in colour of 32x32 pixels, ten digits.")},
};

static const Published *
find_published (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    if (strcmp (published[i].name, name) == 0)
      return &published[i];
  return NULL;
}

/* The published set that a folder's name tells of, or NULL. */
static const Published *
find_by_folder (const char *basename)
{
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    if (g_strv_contains (published[i].folders, basename))
      return &published[i];
  return NULL;
}

const char *const *
fxp_dataset_get_published_names (void)
{
  static const char *names[G_N_ELEMENTS (published) + 1];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
        names[i] = published[i].name;
      g_once_init_leave (&is_made, 1);
    }
  return names;
}

const char *
fxp_places_get_description (const char *name)
{
  const Published *set = find_published (name);

  return set != NULL ? _ (set->description) : NULL;
}

static void
add_place (GPtrArray *places, const char *path)
{
  if (path != NULL && *path != '\0' &&
      !g_ptr_array_find_with_equal_func (places, path, g_str_equal, NULL))
    g_ptr_array_add (places, g_strdup (path));
}

/* Paths of the folders that hold data sets, best first; they need not exist. */
static GPtrArray *
list_places (void)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (g_free);
  const char *variable = g_getenv ("ROUNDOFF_DATA");
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "datasets", NULL);

  if (variable != NULL)
    {
      g_auto (GStrv) paths = g_strsplit (variable, G_SEARCHPATH_SEPARATOR_S, -1);

      for (guint i = 0; paths[i] != NULL; i++)
        add_place (places, paths[i]);
    }
  add_place (places, user);
  add_place (places, g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD));
  add_place (places, "/usr/share/datasets");
  return places;
}

/* Whether there is a set in @path; what keeps a folder from being read makes it none. */
static gboolean
holds_set (const char *path, GCancellable *cancellable)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) found = NULL;

  return fxp_file_format_find_in_folder (folder, &found, cancellable, NULL) != NULL;
}

/* The path of @set in one of the places, or NULL. */
static char *
find_set (const Published *set, const GPtrArray *places, GCancellable *cancellable)
{
  for (guint i = 0; i < places->len; i++)
    {
      const char *place = g_ptr_array_index (places, i);
      g_autofree char *basename = g_path_get_basename (place);

      /* The place may be the folder of the set already. */
      if (g_strv_contains (set->folders, basename) && holds_set (place, cancellable))
        return g_strdup (place);
      for (guint j = 0; set->folders[j] != NULL; j++)
        {
          g_autofree char *path = g_build_filename (place, set->folders[j], NULL);

          if (holds_set (path, cancellable))
            return g_steal_pointer (&path);
        }
    }
  return NULL;
}

static void
set_not_found (const Published *set, const GPtrArray *places, GError **error)
{
  g_autofree char *folders = g_strjoinv (", ", (char **)set->folders);
  g_autoptr (GString) where = g_string_new (NULL);

  for (guint i = 0; i < places->len; i++)
    {
      g_autofree char *place = g_filename_display_name (g_ptr_array_index (places, i));

      g_string_append_printf (where, "%s%s", i > 0 ? ", " : "", place);
    }
  if (set->package != NULL)
    g_set_error (error,
                 G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND,
                 _ ("dataset.name: %s is in no folder %s in %s; install the package %s or set "
                    "dataset.path to where its files are"),
                 set->title,
                 folders,
                 where->str,
                 set->package);
  else
    g_set_error (error,
                 G_IO_ERROR,
                 G_IO_ERROR_NOT_FOUND,
                 _ ("dataset.name: %s is in no folder %s in %s; put it there or set dataset.path "
                    "to where its files are"),
                 set->title,
                 folders,
                 where->str);
}

char *
fxp_dataset_find_published (const char *name, GCancellable *cancellable, GError **error)
{
  const Published *set = find_published (name);
  g_autoptr (GPtrArray) places = list_places ();
  g_autofree char *path = NULL;

  g_return_val_if_fail (set != NULL, NULL);

  path = find_set (set, places, cancellable);
  /* A cancelled search finds nothing. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (path == NULL)
    set_not_found (set, places, error);
  return g_steal_pointer (&path);
}

FxpDataset *
fxp_places_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = fxp_dataset_find_published (source->name, cancellable, error);
  FxpDatasetSource at_path = *source;
  FxpDataset *self;

  if (path == NULL)
    return NULL;
  at_path.name = NULL;
  at_path.path = path;
  self = fxp_file_format_load (&at_path, cancellable, error);
  if (self != NULL)
    {
      g_free (self->name);
      self->name = g_strdup (source->name);
    }
  return self;
}

void
fxp_found_dataset_free (FxpFoundDataset *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

static void
add_found (GPtrArray *found, const char *path, GCancellable *cancellable)
{
  g_autofree char *basename = g_path_get_basename (path);
  const Published *set = find_by_folder (basename);
  FxpFoundDataset *one;

  for (guint i = 0; i < found->len; i++)
    if (strcmp (((FxpFoundDataset *)g_ptr_array_index (found, i))->path, path) == 0)
      return;
  if (!holds_set (path, cancellable))
    return;
  one = g_new0 (FxpFoundDataset, 1);
  one->name = set != NULL ? g_strdup (set->title) : g_filename_display_name (basename);
  one->path = g_strdup (path);
  g_ptr_array_add (found, one);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Looks at each folder in @place, in the order of their names. */
static void
look_in (const char *place, GPtrArray *found, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  /* Most places are not there. */
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_text);
  for (guint i = 0; i < names->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autofree char *path = g_build_filename (place, g_ptr_array_index (names, i), NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        add_found (found, path, cancellable);
    }
}

GPtrArray *
fxp_dataset_find (GCancellable *cancellable)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)fxp_found_dataset_free);
  g_autoptr (GPtrArray) places = list_places ();

  for (guint i = 0; i < places->len; i++)
    {
      const char *place = g_ptr_array_index (places, i);

      add_found (found, place, cancellable);
      look_in (place, found, cancellable);
    }
  return found;
}

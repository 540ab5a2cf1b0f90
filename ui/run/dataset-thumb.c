/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/dataset-thumb.h"
#include "look.h"

#define SIDE     40
#define N_POINTS 140
#define N_IMAGES 4 /* in two rows */

struct _FxuDatasetThumb
{
  GtkWidget parent_instance;

  char *name;
  FxpDataset *dataset; /* NULL until it is loaded */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (FxuDatasetThumb, fxu_dataset_thumb, GTK_TYPE_WIDGET)

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  FxpDatasetSource what = {
    .name = task_data,
    .n_samples = 2 * N_POINTS,
    .test_share = 0.5,
    .seed = 1,
  };
  GError *error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&what, cancellable, &error);

  if (dataset != NULL)
    g_task_return_pointer (task, dataset, (GDestroyNotify)fxp_dataset_unref);
  else
    g_task_return_error (task, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = g_task_propagate_pointer (G_TASK (result), &error);
  FxuDatasetThumb *self = FXU_DATASET_THUMB (source);

  /* Without its picture the set can still be chosen by name. */
  if (dataset == NULL)
    return;

  self->dataset = g_steal_pointer (&dataset);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw_points (FxuDatasetThumb *self, GtkSnapshot *snapshot, double min, double max)
{
  const FxuPalette *palette = fxu_look_get_palette (GTK_WIDGET (self));
  gsize n = MIN (fxp_dataset_get_n (self->dataset, FXP_SPLIT_TRAIN), N_POINTS);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0.0f, 0.0f, SIDE, SIDE);
  double inputs[2 * N_POINTS];
  guint16 labels[N_POINTS];
  guint32 rows[N_POINTS];
  cairo_t *cr;

  for (guint32 i = 0; i < n; i++)
    rows[i] = i;
  fxp_dataset_gather (self->dataset, FXP_SPLIT_TRAIN, rows, n, inputs, labels);

  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  for (gsize i = 0; i < n; i++)
    {
      FxuColor color = fxu_palette_get_category (palette, labels[i]);
      double x = (inputs[2 * i] - min) / (max - min);
      double y = (inputs[2 * i + 1] - min) / (max - min);

      cairo_set_source_rgb (cr, color.red, color.green, color.blue);
      cairo_arc (cr, SIDE * x, SIDE * (1.0 - y), 1.3, 0.0, 2.0 * G_PI);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

static void
draw_image (GtkSnapshot *snapshot,
            const double *pixels,
            const FxpShape *shape,
            double x,
            double y,
            double side,
            const GdkRGBA *text)
{
  gsize height = shape->dim[1];
  gsize width = shape->dim[2];
  double cell = side / (double)MAX (width, height);

  for (gsize i = 0; i < width * height; i++)
    {
      GdkRGBA ink = *text;
      graphene_rect_t box = GRAPHENE_RECT_INIT ((float)(x + cell * (double)(i % width)),
                                                (float)(y + cell * (double)(i / width)),
                                                (float)cell,
                                                (float)cell);

      ink.alpha *= (float)CLAMP (pixels[i], 0.0, 1.0);
      if (ink.alpha > 0.02f)
        gtk_snapshot_append_color (snapshot, &ink, &box);
    }
}

static void
draw_images (FxuDatasetThumb *self, GtkSnapshot *snapshot)
{
  const FxpShape *shape = fxp_dataset_get_shape (self->dataset);
  gsize n_features = fxp_shape_get_n (shape);
  g_autofree double *pixels = g_new (double, N_IMAGES *n_features);
  const guint32 rows[N_IMAGES] = {0, 1, 2, 3};
  double side = (SIDE - 4.0) / 2.0;
  GdkRGBA text;

  if (fxp_dataset_get_n (self->dataset, FXP_SPLIT_TEST) < N_IMAGES)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &text);
  fxp_dataset_gather (self->dataset, FXP_SPLIT_TEST, rows, N_IMAGES, pixels, NULL);
  for (guint i = 0; i < N_IMAGES; i++)
    draw_image (snapshot,
                pixels + i * n_features,
                shape,
                (side + 4.0) * (i % 2),
                (side + 4.0) * (i / 2),
                side,
                &text);
}

static void
fxu_dataset_thumb_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuDatasetThumb *self = FXU_DATASET_THUMB (widget);
  double min, max;

  if (self->dataset == NULL)
    return;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((gtk_widget_get_width (widget) - SIDE) / 2,
                                                (gtk_widget_get_height (widget) - SIDE) / 2));
  if (fxp_dataset_get_plane (self->dataset, &min, &max))
    draw_points (self, snapshot, min, max);
  else if (fxp_dataset_is_image (self->dataset))
    draw_images (self, snapshot);
  gtk_snapshot_restore (snapshot);
}

static void
fxu_dataset_thumb_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = SIDE;
  *natural = SIDE;
}

static void
fxu_dataset_thumb_dispose (GObject *object)
{
  FxuDatasetThumb *self = FXU_DATASET_THUMB (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->name, g_free);

  G_OBJECT_CLASS (fxu_dataset_thumb_parent_class)->dispose (object);
}

static void
fxu_dataset_thumb_class_init (FxuDatasetThumbClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_dataset_thumb_dispose;
  widget_class->snapshot = fxu_dataset_thumb_snapshot;
  widget_class->measure = fxu_dataset_thumb_measure;
  gtk_widget_class_set_css_name (widget_class, "thumb");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fxu_dataset_thumb_init (FxuDatasetThumb *self)
{
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
fxu_dataset_thumb_new (const char *name)
{
  FxuDatasetThumb *self;
  g_autoptr (GTask) task = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (FXU_TYPE_DATASET_THUMB, NULL);
  self->name = g_strdup (name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  fxp_dataset_get_builtin_description (name),
                                  -1);
  task = g_task_new (self, self->cancellable, loaded_cb, NULL);
  g_task_set_task_data (task, g_strdup (name), g_free);
  g_task_run_in_thread (task, load_thread);
  return GTK_WIDGET (self);
}

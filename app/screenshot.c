/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "screenshot.h"

#include <glib/gi18n.h>

#define FRAMES_MAX 60

/* NULL if the widget has no size yet. */
static GdkTexture *
draw (GtkWidget *widget, GError **error)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_NOT_INITIALIZED,
                   _ ("There is nothing to draw yet"));
      return NULL;
    }
  if (!gsk_renderer_realize (renderer, NULL, error))
    return NULL;

  texture =
    gsk_renderer_render_texture (renderer,
                                 node,
                                 &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float)width, (float)height));
  gsk_renderer_unrealize (renderer);
  return g_steal_pointer (&texture);
}

typedef struct
{
  GFile *file;
  GdkTexture *texture; /* NULL until a frame was there */
  gulong painted_id;
  guint n_frames; /* waited for */
} Picture;

static void
picture_free (Picture *self)
{
  g_clear_object (&self->texture);
  g_object_unref (self->file);
  g_free (self);
}

/* Compressing takes longer than a frame may. */
static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Picture *picture = task_data;
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (picture->texture);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  GError *error = NULL;

  if (g_file_replace_contents (picture->file,
                               data,
                               size,
                               NULL,
                               FALSE,
                               G_FILE_CREATE_NONE,
                               NULL,
                               cancellable,
                               &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* A widget that waits for its layout or its redraw has no picture; right behind GTK's own handler of
 * the same signal, which has just laid it out and painted it, it has.  What follows a frame may ask
 * for another layout. */
static void
painted_cb (GdkFrameClock *clock, GTask *task)
{
  Picture *picture = g_task_get_task_data (task);
  GtkWidget *widget = g_task_get_source_object (task);
  GError *error = NULL;

  picture->texture = draw (widget, &error);
  if (picture->texture == NULL && ++picture->n_frames < FRAMES_MAX)
    {
      g_error_free (error);
      gtk_widget_queue_draw (widget);
      return;
    }
  g_signal_handler_disconnect (clock, picture->painted_id);
  if (picture->texture != NULL)
    g_task_run_in_thread (task, write_thread);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

void
fxa_screenshot_write_async (GtkWidget *widget,
                            GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (widget, cancellable, callback, user_data);
  Picture *picture = g_new0 (Picture, 1);

  picture->file = g_object_ref (file);
  g_task_set_task_data (task, picture, (GDestroyNotify)picture_free);
  if (!gtk_widget_get_mapped (widget))
    {
      g_task_return_new_error (task,
                               G_IO_ERROR,
                               G_IO_ERROR_NOT_INITIALIZED,
                               _ ("There is nothing to draw yet"));
      g_object_unref (task);
      return;
    }
  picture->painted_id = g_signal_connect (gtk_widget_get_frame_clock (widget),
                                          "paint",
                                          G_CALLBACK (painted_cb),
                                          task);
  gtk_widget_queue_draw (widget);
}

gboolean
fxa_screenshot_write_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/cluster-picture.h"

#include <glib/gi18n.h>

#define NOWHERE G_MAXSIZE

struct _FxuClusterPicture
{
  FxuPicture parent_instance;

  FxuClusterSheet *sheet;
  gsize place;            /* NOWHERE: none is chosen */
  gboolean follows_mouse; /* it goes when the pointer leaves */
};

G_DEFINE_FINAL_TYPE (FxuClusterPicture, fxu_cluster_picture, FXU_TYPE_PICTURE)

enum
{
  SIGNAL_GO,
  SIGNAL_SORT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fxu_cluster_picture_draw (FxuPicture *picture,
                          cairo_t *cr,
                          double width,
                          double height,
                          const FxuPalette *palette)
{
  FxuClusterPicture *self = FXU_CLUSTER_PICTURE (picture);

  fxu_cluster_sheet_draw (self->sheet, cr, width, height, self->place, palette);
}

/* There may be fewer weights since one was chosen. */
static gboolean
has_place (FxuClusterPicture *self)
{
  return self->place < fxu_cluster_sheet_get_n (self->sheet);
}

static char *
fxu_cluster_picture_describe (FxuPicture *picture)
{
  FxuClusterPicture *self = FXU_CLUSTER_PICTURE (picture);

  return has_place (self) ? fxu_cluster_sheet_describe_place (self->sheet, self->place)
                          : fxu_cluster_sheet_describe (self->sheet);
}

static void
choose (FxuClusterPicture *self, gsize place, gboolean follows_mouse)
{
  self->follows_mouse = follows_mouse;
  if (place == self->place)
    return;
  self->place = place;
  fxu_picture_answer (FXU_PICTURE (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  FxuClusterPicture *self = user_data;
  gsize place = NOWHERE;

  fxu_cluster_sheet_find (self->sheet,
                          gtk_widget_get_width (GTK_WIDGET (self)),
                          gtk_widget_get_height (GTK_WIDGET (self)),
                          x,
                          &place);
  choose (self, place, TRUE);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  FxuClusterPicture *self = user_data;

  if (self->follows_mouse)
    choose (self, NOWHERE, FALSE);
}

static void
go (FxuClusterPicture *self, int clusters, int outputs)
{
  g_signal_emit (self, signals[SIGNAL_GO], 0, clusters, outputs);
}

/* Without a chosen weight it enters from the side it would come from. */
static gboolean
step (FxuClusterPicture *self, guint keyval)
{
  gsize n = fxu_cluster_sheet_get_n (self->sheet);

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      choose (self, has_place (self) ? MAX (self->place, 1) - 1 : n - 1, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      choose (self, has_place (self) ? MIN (self->place + 1, n - 1) : 0, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      choose (self, 0, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      choose (self, n - 1, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!has_place (self))
        return GDK_EVENT_PROPAGATE;
      choose (self, NOWHERE, FALSE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  FxuClusterPicture *self = user_data;

  if (fxu_cluster_sheet_get_n (self->sheet) == 0 ||
      state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      go (self, -1, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      go (self, 1, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      go (self, 0, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      go (self, 0, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_s:
    case GDK_KEY_S:
      g_signal_emit (self, signals[SIGNAL_SORT], 0);
      return GDK_EVENT_STOP;
    default:
      return step (self, keyval);
    }
}

GtkWidget *
fxu_cluster_picture_new (const char *empty_text)
{
  FxuClusterPicture *self;

  g_return_val_if_fail (empty_text != NULL, NULL);

  self = g_object_new (FXU_TYPE_CLUSTER_PICTURE, NULL);
  self->sheet = fxu_cluster_sheet_new (empty_text);
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Weights of a cluster"));
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

FxuClusterSheet *
fxu_cluster_picture_get_sheet (FxuClusterPicture *self)
{
  g_return_val_if_fail (FXU_IS_CLUSTER_PICTURE (self), NULL);

  return self->sheet;
}

static void
fxu_cluster_picture_finalize (GObject *object)
{
  FxuClusterPicture *self = FXU_CLUSTER_PICTURE (object);

  g_clear_pointer (&self->sheet, fxu_cluster_sheet_free);
  G_OBJECT_CLASS (fxu_cluster_picture_parent_class)->finalize (object);
}

static void
fxu_cluster_picture_class_init (FxuClusterPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_cluster_picture_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_cluster_picture_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_cluster_picture_describe;
  signals[SIGNAL_GO] = g_signal_new ("go",
                                     FXU_TYPE_CLUSTER_PICTURE,
                                     G_SIGNAL_RUN_LAST,
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     G_TYPE_NONE,
                                     2,
                                     G_TYPE_INT,
                                     G_TYPE_INT);
  signals[SIGNAL_SORT] = g_signal_new ("sort",
                                       FXU_TYPE_CLUSTER_PICTURE,
                                       G_SIGNAL_RUN_LAST,
                                       0,
                                       NULL,
                                       NULL,
                                       NULL,
                                       G_TYPE_NONE,
                                       0);
}

static void
fxu_cluster_picture_init (FxuClusterPicture *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->place = NOWHERE;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

export {
  type Announcement,
  type AnnouncementPlan,
  type Cohort,
  type Hours,
  planAnnouncement,
  type Response,
  USUAL_RESPONSE,
} from './announce.ts';
export type { Queueing } from './queueing.ts';

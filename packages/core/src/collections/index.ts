export { createRecentMap, type RecentMap } from './recent-map.ts'
export { TurnoverMap } from './turnover-map.ts'

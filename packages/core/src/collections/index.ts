export { createRecentMap, type RecentMap } from './recent-map.ts'
export { createTurnoverMap, type TurnoverMap } from './turnover-map.ts'

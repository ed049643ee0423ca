// The contract of a hub's store: what every backend has to do, as tests that are run against each.
#pragma once

#include "tests/contract/hub_store_admission.h"
#include "tests/contract/hub_store_keeping.h"
#include "tests/contract/hub_store_limits.h"

namespace plenary::hub {

REGISTER_TYPED_TEST_SUITE_P(HubStoreContract, KeepsAFoundedSpace, GivesBackEveryByteOfWhatItTook, StoresNothingTwice,
                            OneBadItemHoldsBackNoOther, ManyRequestsShareOneTransaction,
                            ARequestSeesWhatTheOneBeforeItStored, HeadsAreSignedNumberedAndLinked,
                            ARestoredHubBeginsANewEpochForEverySpace, SendsWhatAPeerLacks,
                            KeepsBothBranchesOfAForkWithTheProof, RefusesAGapAndSaysFromWhereToSend,
                            KeepsTheLatestStatusOfADevice, RefusesAStatusNumberThatNoStoreHolds,
                            RelaysClaimsButNotWithoutEnd, AMemberWhoInventsInvitationsLeavesRoomForThoseWhoWereInvited,
                            AStrangerHandsOverNoSegment, KeepsWhatAMemberBringsOfAnAuthorWhomNobodyLetIn,
                            AMemberWhoInventsAuthorsLeavesRoomForThoseWhoWereLetIn, ADeviceBeginsSoManyLogsAndNoMore,
                            KeepsSoManyProofsAgainstOneDevice, ASpaceHasAQuotaOfItsOwn,
                            AStrangerHandsOverNoRecordThatDoesNotLetItIn, ARemovedDeviceHandsOverNothing,
                            OnlyTheFoundingBringsASpaceAbout, FoundingMayNeedAToken,
                            TellsTheFounderAloneWhyASpaceCannotBeFounded, ADeviceFoundsSoManySpacesAndNoMore,
                            AQuotaDelaysAndNamesItsLimit, StatusesDoNotAddUpToTheQuota, GivesItemsInPieces);

}  // namespace plenary::hub
